"""`evalkit probe`: a table of what an endpoint honours."""

import json

import pytest

from evalkit.loopback.server import Server
from evalkit.nouns import Occasion
from evalkit.store.sqlite import open_store

ONE = ("--only", "nucleus")


@pytest.fixture
def ignorant():
    """Return a server that takes no notice of top_p."""
    with Server(seed=1, habits=["top-p-ignored"]) as server:
        yield server


def test_a_plan_shows_requests_and_sends_none(cli):
    """Where nobody listens a plan is made all the same."""
    spoken = cli("probe", "--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--plan")
    first, *lines = spoken.out.splitlines()
    assert spoken.code == 0
    assert first.endswith(" requests to m at http://127.0.0.1:9/v1")
    assert sum(int(line.partition(" x ")[0]) for line in lines) == int(first.partition(" ")[0])
    assert any("8 at once" in line for line in lines)


def test_columns_when_piped(cli, ignorant):
    """Subject, conduct, evidence, p-value and requests, tab-separated."""
    spoken = cli("probe", "--model", "m", "--base-url", ignorant.url, *ONE)
    head, row = spoken.out.splitlines()
    assert head.split("\t") == ["subject", "conduct", "evidence", "p", "requests"]
    assert row.split("\t")[:2] == ["top_p", "ignored"]
    assert spoken.code == 0


def test_json_holds_everything(cli, suite_file, ignorant):
    """A suite's endpoint is asked at another address; findings come with counts and tests."""
    spoken = cli("probe", suite_file, "--base-url", ignorant.url, *ONE, "--json")
    told = json.loads(spoken.out)
    (finding,) = told["findings"]
    assert (finding["probe"], finding["conduct"], finding["n_requests"]) == ("nucleus", "ignored", 11)
    assert finding["p_value"] > 0.05
    assert told["setting"]["endpoint"]["model"] == "storyteller-small"


def test_strict_ends_with_one_where_something_is_ignored(cli, ignorant):
    """With --strict the exit code tells; what is honoured ends with 0."""
    address = ("--model", "m", "--base-url", ignorant.url)
    assert cli("probe", *address, *ONE, "--strict").code == 1
    assert cli("probe", *address, "--only", "usage", "--strict").code == 0


def test_the_embedded_endpoint_answers_where_nothing_is_set(cli):
    """Without key and address a word says who answers."""
    spoken = cli("probe", "--only", "fingerprint")
    assert spoken.code == 0
    assert "the embedded endpoint answers" in spoken.err
    assert "system_fingerprint\thonoured" in spoken.out


def test_mistakes_are_told(cli):
    """An unknown probe gets the nearest name, an address where nobody listens a hint."""
    assert "nucleus" in cli("probe", "--only", "nuclues").err
    spoken = cli("probe", "--model", "m", "--base-url", "http://127.0.0.1:9/v1", *ONE)
    assert spoken.code not in {0, 1}
    assert "nothing answers" in spoken.err


def test_what_is_found_can_be_kept_with_a_run(cli, suite_file, ignorant, tmp_path):
    """A probing that is kept belongs to the suite's run, whether that has begun or not."""
    kept = tmp_path / "kept.sqlite"
    spoken = cli("probe", suite_file, "--base-url", ignorant.url, *ONE, "--store", kept)
    assert "kept with" in spoken.err
    with open_store(kept, read_only=True) as store:
        (run,) = store.runs()
        assert [each.subject for each in run.probings[0].findings] == ["top_p"]
        assert store.heard(run.label, Occasion.ASKED)
