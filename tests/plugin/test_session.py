"""From pytest to the plan and back: selections, later tries, and what a report is told."""

import pytest

OPEN = "    assert evalkit.cell('france', 0)['exact_agreement'] > 0.99\n"
HOLDS = "    assert evalkit.cell('france', 0)['exact_agreement'] > 0.1\n"


def test_last_failed_runs_what_failed_from_the_same_answers(sessions, real):
    """Nothing is bought for it."""
    sessions.tests(f"def test_a(evalkit):\n{HOLDS}def test_b(evalkit):\n{OPEN}")
    sessions.run("--evalkit-run").assert_outcomes(passed=1, failed=1)
    n = len(real.journal)
    sessions.run("--evalkit-run", "--lf").assert_outcomes(failed=1)
    assert len(real.journal) == n


def test_a_failure_of_another_kind_stays_what_it_is(sessions):
    """An assertion about anything else, after a claim that held, is not explained as a claim."""
    sessions.tests(
        f"def test_a(evalkit):\n{HOLDS}    assert 1 + 1 == 3\ndef test_b(evalkit):\n{HOLDS}    raise OSError('x')\n"
    )
    result = sessions.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E*assert (1 + 1) == 3", "E*OSError: x"])
    assert not [line for line in result.outlines if line.startswith("E ") and "exact_agreement" in line]


def test_misuse_is_told_without_our_own_frames(sessions):
    """The test's line and the message: where in evalkit it was noticed helps nobody."""
    sessions.tests("def test_a(evalkit):\n    evalkit.cell('nobody', 0)\n")
    result = sessions.run()
    result.stdout.fnmatch_lines(["E *no prompt 'nobody'*keeper, france*"])
    assert "fixture.py" not in "\n".join(result.outlines)


def test_negation_is_no_proof_of_the_opposite(sessions):
    """An open claim is not true, and so `not` of it passes, whatever that is worth: the table says open."""
    sessions.tests("def test_a(evalkit):\n    assert not evalkit.cell('france', 0)['exact_agreement'] > 0.99\n")
    result = sessions.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_a *> 0.99 *inconclusive"])


def test_a_plain_class_and_other_fixtures_go_together_with_ours(sessions):
    """Methods, parameters and fixtures of a project's own that ask for ours."""
    sessions.tests(
        "@pytest.fixture\ndef cold(evalkit):\n    return evalkit.cell('france', 0)\n"
        "class TestAll:\n"
        "    def test_it(self, cold):\n        assert cold['exact_agreement'] > 0.1\n"
        "    @pytest.mark.parametrize('bound', [0.1, 0.2])\n"
        "    def test_each(self, cold, bound):\n        assert cold['exact_agreement'] > bound\n"
    )
    result = sessions.run()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["evalkit: 3 tests, *"])


def test_an_expected_failure_is_one(sessions):
    """A claim that is known not to hold yet may be marked so."""
    sessions.tests(f"@pytest.mark.xfail(strict=True)\ndef test_a(evalkit):\n{OPEN}")
    sessions.run().assert_outcomes(xfailed=1)


def test_reruns_count_the_last_try_only(sessions):
    """A test that is tried again has one row, one assertion, and no answer drawn anew."""
    pytest.importorskip("pytest_rerunfailures")
    sessions.tests(f"def test_a(evalkit):\n{OPEN}")
    result = sessions.run("-p", "rerunfailures", "--reruns", "2")
    result.assert_outcomes(failed=1)
    assert result.parseoutcomes()["rerun"] == 2
    assert len([line for line in result.outlines if line.startswith("test_it.py::test_a ")]) == 1
    result.stdout.fnmatch_lines(["*24 drawn with 24 requests*", "multiplicity: 1 assertion, *"])


def test_stopping_at_the_first_failure_ends_with_a_summary(sessions):
    """What was claimed until then is told."""
    sessions.tests(f"def test_a(evalkit):\n{OPEN}def test_b(evalkit):\n{HOLDS}")
    result = sessions.run("-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_a *inconclusive", "multiplicity: 1 assertion, *"])
