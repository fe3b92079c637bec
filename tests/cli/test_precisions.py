"""Stopping early, from the command line: asked, bought, told; and how many samples a question takes."""

import json

import pytest

from evalkit.cli.names import DEFAULT_STORE


@pytest.fixture
def suite(folder):
    """Return a suite file."""
    from cli.conftest import SUITE

    (folder / "small.yaml").write_text(SUITE, encoding="utf-8")
    return folder / "small.yaml"


def test_a_run_stops_when_it_knows(cli, suite):
    """It draws more than the first look, fewer than the most, and says what a fixed plan would have taken."""
    spoken = cli("run", suite, "--precision", "exact_agreement=0.2", "--no-preflight", "--report", "page.html")
    assert spoken.code == 0, spoken.err
    assert "Sampling stopped when enough was known (exact_agreement within 0.2)" in spoken.err
    assert "a plan without looks would have taken" in spoken.err
    assert 'id="stopping"' in (suite.parent / "page.html").read_text(encoding="utf-8")
    again = cli("run", suite, "--precision", "exact_agreement=0.2", "--no-preflight", "--json")
    assert again.code == 0
    assert json.loads(again.out)["blocks"]["stopping"]


def test_a_sweep_decides_a_side(cli):
    """One prompt, no file: it is known on which side agreement lies, at each temperature."""
    asked = ("sweep", "Tell a story.", "-t", "0,1", "--decide", "exact_agreement=0.5", "--no-preflight")
    spoken = cli(*asked, "--metrics", "exact_agreement")
    assert spoken.code == 0, spoken.err
    assert "2 of 2 goals were reached" in spoken.err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--precision", "narrow", "holds no number"),
        ("--precision", "0", "is no width"),
        ("--precision", "exact_agreement=-1", "is no width"),
        ("--decide", "0.5", "names no metric"),
        ("--precision", "distinct_n=0.1", "can be asked of distinct_n"),
    ],
)
def test_what_is_no_precision_is_refused(cli, suite, option, value, words):
    """Nothing is sent."""
    spoken = cli("run", suite, option, value)
    assert spoken.code == 2
    assert words in spoken.err


def test_a_plan_shows_the_first_look_and_the_most(cli, suite):
    """What is to be sent now is the first look; what may follow is said beneath."""
    suite.write_text(suite.read_text(encoding="utf-8") + "precision: {within: 0.1, first: 3}\n", encoding="utf-8")
    spoken = cli("plan", suite)
    assert "to send   12 requests" in spoken.out
    assert "until it knows exact_agreement within 0.1: at most 16 draws, in 4 looks" in spoken.out


def test_a_plan_answers_how_many_samples_a_width_takes(cli, suite):
    """By a guess before there is a run, and by the run of the suite once there is one; nothing is sent."""
    guess = cli("plan", suite, "--for", "exact_agreement within 0.1", "--zeta1", "0.04", "--json")
    assert guess.code == 0, guess.err
    fixed, looking = json.loads(guess.out)["rows"]
    assert fixed["plan"] == "fixed"
    assert 0 < fixed["draws"] <= looking["draws"]
    assert cli("run", suite, "-n", "10", "--no-preflight").code == 0
    told = cli("plan", suite, "--for", "exact_agreement within 0.1")
    assert "the run 'small'" in told.err
    assert "Rests on exact_agreement, 40 samples at 2 temperatures of a run" in told.out
    assert cli("plan", suite, "--detect", "0.2", "--from", f"{DEFAULT_STORE}@small").code == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--for", "within 0.1", "--detect", "0.1"),
        ("--zeta1", "0.1"),
        ("--for", "exact_agreement above 0.5"),
        ("--for", "exact_agreement within 0.1", "--metric", "exact_agreement"),
        ("--for", "exact_agreement"),
    ],
)
def test_what_is_no_question_is_refused(cli, suite, options):
    """Two questions, an option without one, or a side without a run that tells where the metric lies."""
    assert cli("plan", suite, *options).code == 2
