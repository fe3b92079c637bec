"""A claim: what an open one does, and what a failed one shows."""

import re

import pytest

from evalkit.nouns import Interval
from evalkit.stats.verdict import Verdict
from evalkit.testing.claims import Claim, Evidence, InconclusiveWarning, Log

OPEN = "assert evalkit.cell('keeper', 0)['exact_agreement'] > 0.99"


def claim(verdict, log):
    """Return a claim of a verdict."""
    evidence = Evidence(
        verdict=verdict, lines=("why", "more"), metric="m", place="p", value=0.5, interval=Interval(low=0.4, high=0.6)
    )
    return Claim(text="m of p > 0.4", evidence=evidence, log=log, show=lambda: ["shown"])


@pytest.mark.parametrize(("verdict", "truth"), [("PASS", True), ("FAIL", False), ("INCONCLUSIVE", False)])
def test_only_what_holds_is_true(verdict, truth):
    """An open claim is not true, and neither is one that is false."""
    assert bool(claim(Verdict[verdict], Log())) is truth


@pytest.mark.parametrize("what", ["warn", "skip"])
def test_what_is_false_is_false_whatever_an_open_claim_does(what):
    """The choice is about open claims only."""
    assert not claim(Verdict.FAIL, Log(inconclusive=what))


def test_an_open_claim_may_warn_or_skip():
    """Warned of, it counts as true; skipped, it ends the test."""
    with pytest.warns(InconclusiveWarning, match="m of p > 0.4: why"):
        assert claim(Verdict.INCONCLUSIVE, Log(inconclusive="warn"))
    with pytest.raises(pytest.skip.Exception, match="inconclusive: m of p"):
        bool(claim(Verdict.INCONCLUSIVE, Log(inconclusive="skip")))


def test_a_claim_counts_once_and_only_when_its_truth_is_asked_for():
    """What nobody asserts is no assertion; a second try of a test forgets the first."""
    log = Log()
    log.begin("t")
    once = claim(Verdict.PASS, log)
    assert log.of_test == {}
    assert once
    assert once
    assert log.of_test == {"t": [once]}
    log.begin("t")
    assert log.of_test == {}


def test_a_claim_explains_itself_and_is_a_record():
    """The claim comes first, then verdict and reason, then what there is to see."""
    made = claim(Verdict.FAIL, Log())
    assert made.explain() == ["m of p > 0.4", "false: why", "more", "shown"]
    assert repr(made) == "<m of p > 0.4: false>"
    assert (made.record()["low"], made.record()["high"], made.record()["verdict"]) == (0.4, 0.6, "false")


@pytest.mark.parametrize(
    ("option", "outcome"), [("fail", {"failed": 1}), ("skip", {"skipped": 1}), ("warn", {"passed": 1, "warnings": 1})]
)
def test_what_an_open_assertion_does_is_the_sessions_choice(sessions, option, outcome):
    """Six equal answers can not show an agreement above 0.99."""
    sessions.test(OPEN)
    result = sessions.run(
        "-W", "default::evalkit.testing.claims.InconclusiveWarning", f"--evalkit-inconclusive={option}", "-rs"
    )
    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(["*inconclusive: *"])
    result.stdout.fnmatch_lines(["*> 0.99*inconclusive"])


def test_warnings_as_errors_fail_an_open_assertion_that_warns(sessions):
    """A warning is a warning like any other."""
    sessions.test(OPEN)
    sessions.run("--evalkit-inconclusive=warn").assert_outcomes(failed=1)


OPEN_ONES = (
    "evalkit.cell('keeper', 0)['exact_agreement'] > 0.99",
    "0.99 < evalkit.cell('keeper', 0)['exact_agreement']",
    "evalkit.cell('keeper', 0).deterministic(at_least=0.99)",
    "evalkit.curve('exact_agreement').between(0.99, 1, at=0)",
    "evalkit.floor_below(0.001)",
)


def test_every_kind_of_assertion_shows_why_it_is_open(sessions):
    """The value, how many samples, what would settle it, the answers, and the command that opens the page."""
    sessions.tests("".join(f"def test_{n}(evalkit):\n    assert {line}\n" for n, line in enumerate(OPEN_ONES)))
    result = sessions.run("--tb=short")
    result.assert_outcomes(failed=len(OPEN_ONES))
    said_all = "\n".join(each for each in result.outlines if each.startswith("E "))
    failures = re.split(r"E   (?:AssertionError: )?assert ", said_all)[1:]
    assert len(failures) == len(OPEN_ONES)
    for said in failures:
        for words in ("inconclusive: ", "can not pass with 6 samples", "page: evalkit report .evalkit.sqlite@"):
            assert words in said
        assert "answers of keeper at T = 0" in said or "answers of france at T = 0" in said


def test_a_message_of_ones_own_is_left_alone(sessions):
    """Who wrote it wants to read it."""
    sessions.test("assert evalkit.cell('keeper', 0).deterministic(at_least=0.99), 'my own words'")
    result = sessions.run()
    result.stdout.fnmatch_lines(["*my own words*"])
