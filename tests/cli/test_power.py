"""The calculator answers from its arithmetic, or from a run."""

import json

import pytest


def rows_of(spoken):
    """Return the rows of an answer in JSON."""
    assert spoken.code == 0, spoken.err
    return json.loads(spoken.out)["rows"]


def test_samples_that_prove_a_chance(cli, folder):
    """Fifty-nine equal answers prove 0.95, 118 prove agreement of 0.95, and no file is made."""
    rows = rows_of(cli("power", "--at-least", 0.95, "--json"))
    assert [(row["samples"], row["may_differ"]) for row in rows] == [(59, 0), (124, 2), (118, 0)]
    assert rows[0]["passes"] == pytest.approx(0.99**59)
    assert list(folder.iterdir()) == []


def test_samples_that_show_a_difference(cli):
    """More prompts need fewer samples each."""
    rows = rows_of(cli("power", "--detect", 0.1, "--json"))
    samples = [row["samples"] for row in rows]
    assert samples == sorted(samples, reverse=True)
    assert all(row["power_these_prompts"] >= 0.8 for row in rows)
    assert rows_of(cli("power", "--detect", 0.1, "--prompts", 20, "--json")) == rows[3:4]


def test_what_samples_can_tell(cli):
    """With samples alone it is a difference that is told, with both their power."""
    (row,) = rows_of(cli("power", "-n", 20, "--prompts", 5, "--zeta1", 0.03, "--json"))
    assert row["difference"] == pytest.approx(0.137, abs=1e-3)
    (row,) = rows_of(cli("power", "-n", 20, "--prompts", 5, "--zeta1", 0.03, "--detect", 0.2, "--json"))
    assert row["power_these_prompts"] > 0.95


def test_samples_that_show_no_difference(cli):
    """To show that nothing changed takes more samples than to show that something did."""
    (same,) = rows_of(cli("power", "--equivalent", 0.1, "--prompts", 5, "--json"))
    (other,) = rows_of(cli("power", "--detect", 0.1, "--prompts", 5, "--json"))
    assert same["samples"] > other["samples"]


def test_a_person_gets_a_table_and_what_it_rests_on(cli):
    """The question, a table, and a sentence on where the numbers come from."""
    lines = cli("power", "--detect", 0.1).out.splitlines()
    assert lines[0].startswith("samples that show a difference of 0.1")
    assert lines[2].split()[:3] == ["prompts", "samples", "answers"]
    assert lines[-1].startswith("Rests on zeta1 0.025, assumed")


@pytest.mark.parametrize("metric", ["length_words", "exact_agreement"])
def test_a_run_tells_its_variance(cli, suite_file, metric):
    """A pilot gives the variance of a metric and the number of prompts."""
    cli("run", suite_file, "-n", 6)
    spoken = cli("power", "--detect", 0.5, "--from", "runs.sqlite@small", "--metric", metric, "--json")
    (row,) = rows_of(spoken)
    assert row["prompts"] == 2
    assert "power_prompts_like_these" in row
    assert f"of {metric} at T = " in json.loads(spoken.out)["basis"]


def test_a_metric_that_is_no_mean_tells_no_variance(cli, suite_file):
    """The calculator does not make up what a metric can not tell."""
    cli("run", suite_file)
    spoken = cli("power", "--detect", 0.5, "--from", "runs.sqlite", "--metric", "unique_share")
    assert spoken.code == 5
    assert "--zeta1" in spoken.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no question"),
        (["--at-least", 0.9, "--detect", 0.1], "one question"),
        (["--at-least", 1.0], "at-least is 1"),
        (["--at-least", 0.9, "--truth", 0.8], "truth is 0.8"),
        (["--at-least", 0.9, "--prompts", 3], "--prompts has no place"),
        (["--detect", 0.1, "--truth", 0.9], "--truth has no place"),
        (["--detect", 0], "a difference of 0"),
        (["--detect", 0.1, "--zeta1", 0], "zeta1 is 0"),
        (["--detect", 0.1, "--level", 0.2], "level is 0.2"),
        (["--detect", 0.1, "--power", 1], "power is 1"),
        (["--detect", 0.1, "--metric", "length_words"], "--metric has no place"),
        (["--detect", 0.1, "--from", "runs.sqlite"], "one metric"),
        (["--detect", 0.1, "--from", "runs.sqlite", "--zeta1", 0.1], "--zeta1 has no place"),
        (["--equivalent", 0.1, "-n", 10], "--samples has no place"),
        (["--equivalent", 2], "equivalent is 2"),
    ],
)
def test_a_question_that_can_not_be_asked(cli, words, said):
    """What is wrong is said in one line, with the exit code of a wrong command line."""
    spoken = cli("power", *words)
    assert spoken.code == 2
    assert said in spoken.err
    assert spoken.out == ""
    assert len(spoken.err.splitlines()) == 1
