"""Temperatures that an endpoint refuses, on the command line."""

from collections.abc import Iterator

import pytest

from evalkit.loopback.server import Server


@pytest.fixture
def picky(suite_file) -> Iterator[Server]:
    """Yield a server that takes temperature 1 only, named by the small suite."""
    with Server(seed=1, habits=("refused",)) as server:
        suite_file.write_text(suite_file.read_text().replace("base_url: loopback", f'base_url: "{server.url}"'))
        yield server


def test_the_rest_is_shown_and_the_run_is_done(cli, suite_file, picky):
    """A run with a refused temperature ends well, says so on stderr, and has nothing more to send."""
    spoken = cli("run", suite_file)
    assert spoken.code == 0
    assert "caution, temperature-unsupported (T = 0): The endpoint refuses 1 of 2 temperatures" in spoken.err
    assert "incomplete" not in spoken.err
    assert "the endpoint refuses this temperature" in spoken.out
    n_requests = len(picky.journal)
    assert n_requests == 9
    assert cli("run", suite_file).out == spoken.out
    assert "0 requests for 0 missing draws" in cli("plan", suite_file).out
    assert len(picky.journal) == n_requests


def test_show_tells_refused_draws_from_failed_ones(cli, suite_file, picky):
    """Both lists have a column for them, and the run is complete."""
    cli("run", suite_file)
    assert len(picky.journal)
    runs, cells = cli("show", "runs.sqlite").out, cli("show", "runs.sqlite@small").out
    assert runs.splitlines()[1].rstrip().endswith("complete")
    assert "unsupported" in runs.splitlines()[0]
    assert "unsupported" in cells.splitlines()[0]


def test_nothing_left_is_an_error_with_a_way_on(cli, suite_file, picky):
    """Every temperature refused ends with code 3, again and again without a request, and the way on works."""
    suite_file.write_text(suite_file.read_text().replace("[0, 1]", "[0, 0.5]"))
    for _ in range(2):
        spoken = cli("run", suite_file)
        assert (spoken.code, spoken.out) == (3, "")
        assert "refuses every temperature of run 'small' (0, 0.5)" in spoken.err
        assert "--without-temperature" in spoken.err
        assert len(picky.journal) == 2
    assert "every temperature refused" in cli("show", "runs.sqlite").out
    spoken = cli("run", suite_file, "--without-temperature", "--label", "bare")
    assert spoken.code == 0
    assert "caution, temperature-not-sent" in spoken.err
    assert all("temperature" not in each.fields for each in picky.journal[2:])


def test_a_sweep_may_send_none(cli):
    """`-t none` asks one prompt without a temperature, as a run of its own."""
    bare = cli("sweep", "Tell a two-sentence story about a dragon.", "-t", "none", "-n", 3)
    sent = cli("sweep", "Tell a two-sentence story about a dragon.", "-t", "1", "-n", 3)
    assert (bare.code, sent.code) == (0, 0)
    assert "temperature-not-sent" in bare.err
    assert "temperature-not-sent" not in sent.err
