"""The end of a session: its table, its cost, and what holds when all assertions are held to one level."""

import pytest

from evalkit.testing.summary import hold_together

HOLDS = "assert evalkit.cell('france', 0)['exact_agreement'] > {}"


def row(p_value, verdict="holds", claim="c"):
    """Return an assertion as the summary is told of it."""
    return {"p_value": p_value, "verdict": verdict, "test": "t", "claim": claim}


def test_without_adjustment_assertions_that_would_be_lost_are_counted():
    """Nothing changes, and the number is told."""
    found = hold_together([row(0.04), row(0.03), row(0.5, "false")], level=0.95, adjust="none")
    assert found.lost == []
    assert "3 assertions, each held to 0.95 by itself" in found.lines[0]
    assert "2 would be open with --evalkit-adjust=holm" in found.lines[0]


def test_holm_takes_back_what_holds_by_itself_only():
    """Of three, the least p-value has to be below a third of 0.05."""
    rows = [row(0.001, claim="sure"), row(0.04, claim="lost"), row(0.5, "inconclusive")]
    found = hold_together(rows, level=0.95, adjust="holm")
    assert found.lost == ["t"]
    assert "no longer held, so the session fails: t (lost)" in found.lines[0]
    assert hold_together(rows[:1], level=0.95, adjust="holm").lost == []


def test_what_was_not_tested_is_not_counted():
    """An assertion without a p-value takes no part."""
    assert hold_together([row(None, "inconclusive")], level=0.95, adjust="holm").lines == []
    assert hold_together([], level=0.95, adjust="holm").lines == []


@pytest.mark.parametrize(("adjust", "status"), [("none", pytest.ExitCode.OK), ("holm", pytest.ExitCode.TESTS_FAILED)])
def test_holm_fails_a_session_that_passed(sessions, scripted, adjust, status):
    """Each of four holds just so by itself; together they do not, and the assertion is named."""
    scripted.answer = lambda _question, _temperature, _n: "Paris"
    sessions.suite(address=scripted.url, samples=20)
    line = HOLDS.format(0.74)
    sessions.tests("".join(f"def test_{n}(evalkit):\n    {line}\n" for n in range(4)))
    result = sessions.run("--evalkit-run", f"--evalkit-adjust={adjust}")
    result.assert_outcomes(passed=4)
    assert result.ret == status
    if adjust == "holm":
        result.stdout.fnmatch_lines(["Holm over 4 assertions: no longer held*test_it.py::test_0 (exact_agreement of*"])


def test_holm_changes_no_other_status(sessions):
    """A session that was interrupted, or had failures of its own, ends as it did."""
    sessions.suite(samples=20)
    sessions.tests(
        "".join(f"def test_{n}(evalkit):\n    {HOLDS.format(0.74)}\n" for n in range(4))
        + "def test_last():\n    raise KeyboardInterrupt\n"
    )
    result = sessions.pytester.runpytest_inprocess(
        "-p", "evalkit", "--evalkit-adjust=holm", plugins=[sessions.keeper], no_reraise_ctrlc=True
    )
    sessions.keeper.restore()
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_the_table_has_a_row_for_each_assertion(sessions):
    """Test, claim, value, interval, samples and verdict."""
    sessions.test(HOLDS.format(0.1), "assert evalkit.cell('keeper', 0).deterministic(at_least=0.2)")
    result = sessions.run()
    result.stdout.fnmatch_lines(
        [
            "*= evalkit =*",
            "test  *claim  *value  *interval  *n  *verdict",
            "test_it.py::test_it *exact_agreement of france at T = 0 > 0.1 *1.000 *[[]0.*, 1.000[]] *6 *holds",
            "test_it.py::test_it *deterministic (level raw) of keeper*holds",
            "24 answers *: 0 from the store, 24 drawn with 24 requests; *",
            "runs: .evalkit.sqlite@small-*",
            "multiplicity: 2 assertions, *",
        ]
    )


def test_quiet_drops_the_table_and_many_that_hold_are_counted(sessions):
    """With -q there is what was bought only; of very many rows those that hold are shown with -v."""
    sessions.tests(
        "@pytest.mark.parametrize('n', range(41))\n"
        f"def test_many(evalkit, n):\n    {HOLDS.format(0.1)}\n"
        f"def test_open(evalkit):\n    {HOLDS.format(0.99)}\n"
    )
    result = sessions.run()
    rows = [
        line for line in result.outlines if " > 0." in line and "france" in line and line.startswith("test_it.py::")
    ]
    assert len(rows) == 1
    result.stdout.fnmatch_lines(["and 41 more that hold (-v shows them)"])
    loud = [line for line in sessions.run("-v").outlines if line.startswith("test_it.py::") and "holds" in line]
    assert len(loud) == 41
    quiet = sessions.run("-q")
    assert not [line for line in quiet.outlines if line.startswith("test  ")]
    quiet.stdout.fnmatch_lines(["24 answers *"])


def test_a_test_that_claims_nothing_has_no_row(sessions):
    """What was bought is told all the same."""
    sessions.test("assert evalkit.samples('keeper', 0)")
    result = sessions.run()
    assert "multiplicity" not in "\n".join(result.outlines)
    result.stdout.fnmatch_lines(["24 answers *drawn with 24 requests*"])
