"""A run against a baseline, as a test speaks of it."""

import pytest

SAME = {
    "evalkit.compare('old').equivalent(within=0.4, metric='exact_agreement')": "holds",
    "evalkit.compare('old').equivalent(within=0.01, metric='exact_agreement')": "inconclusive",
    "evalkit.compare('old').not_more_diverse(within=0.4)": "holds",
    "evalkit.compare('old').not_less_diverse(within=0.4)": "holds",
}
"""Against a baseline whose answers vary as much."""

WILDER = {
    "evalkit.compare('old').equivalent(within=0.4, metric='exact_agreement')": "false",
    "evalkit.compare('old').not_more_diverse(within=0.4, metric='rouge_l_distance')": "false",
    "evalkit.compare('old').not_less_diverse(within=0.4, at=0)": "holds",
    "evalkit.compare('old').equivalent(within=0.4, metric='exact_agreement', at=0)": "holds",
}
"""Where temperature 1 gives ever new answers that the baseline gave always alike."""


def calm(_question, _temperature, _n):
    """Return the same answer always."""
    return "The light was out."


def wild(_question, temperature, n):
    """Return ever new answers, but at temperature 0."""
    return f"{n} keeper{n} saw{n} sea{n}" if temperature else "The light was out."


@pytest.fixture
def old(sessions, scripted):
    """Return sessions with a baseline `old` of twenty equal answers in each cell."""
    sessions.suite(address=scripted.url, samples=20)
    scripted.answer = calm
    sessions.test("evalkit.suite")
    sessions.run("--evalkit-run", "--evalkit-save=old").assert_outcomes(passed=1)
    return sessions


def test_what_did_not_move_is_equivalent_within_a_margin_that_can_be_shown(old):
    """No difference found is not equal: within a narrow margin it is open."""
    assert old.verdicts(SAME, "--evalkit-run", "--evalkit-fresh") == SAME


def test_what_moved_is_told_by_its_side(old, scripted):
    """More diversity is no loss of it."""
    scripted.answer = wild
    assert old.verdicts(WILDER, "--evalkit-run", "--evalkit-fresh") == WILDER


def test_a_failure_shows_the_difference_and_an_answer_of_each_side(old, scripted):
    """An answer that the baseline did not give stands beside one that it gave."""
    scripted.answer = wild
    old.test("assert evalkit.compare('old').not_more_diverse(within=0.2)")
    result = old.run("--evalkit-run", "--evalkit-fresh")
    result.stdout.fnmatch_lines(
        [
            "E*is not more diverse than *old* within 0.2*",
            "E*false: difference * [[]*[]] does not lie above -0.2: *exact_agreement at T = 1*",
            "E*that the baseline did not give",
            "E*baseline *[[]The[]] light was out.",
            "E*candidate *keeper* saw*",
        ]
    )


def test_two_models_are_asked_the_same_and_compared(sessions, scripted):
    """The other model's answers are drawn when they are asked for, and once."""
    scripted.answer = calm
    sessions.suite(address=scripted.url, samples=20, temperatures="[1]")
    sessions.test("assert evalkit.compare(model='other').equivalent(within=0.4, metric='exact_agreement')")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert {body["model"] for body in scripted.asked} == {"storyteller-small", "other"}
    n = len(scripted.asked)
    assert n == 80
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(scripted.asked) == n


def test_what_can_not_be_asked_of_a_comparison_is_refused(old):
    """A margin is a share, temperatures are common ones, and a metric must speak of diversity."""
    asked = {
        "equivalent(within=5)": "not between 0 and 1",
        "equivalent(at=0.7)": "no contrast at these temperatures",
        "not_more_diverse(metric='length_words')": "speaks of diversity",
    }
    old.tests("".join(f"def test_{n}(evalkit):\n    evalkit.compare('old').{each}\n" for n, each in enumerate(asked)))
    result = old.run("--evalkit-run", "--evalkit-label=new", "--tb=short")
    result.assert_outcomes(failed=len(asked))
    said = "\n".join(line for line in result.outlines if line.startswith("E "))
    assert [words for words in asked.values() if words not in said] == []
