"""Saved sessions: kept under a name, never overwritten, held against."""

import pytest

from evalkit.errors import UsageError
from evalkit.testing.baselines import place_of

HOLDS = "assert evalkit.cell('france', 1)['exact_agreement'] > 0.1"


@pytest.fixture
def saved(sessions, scripted):
    """Return sessions whose folder has a baseline `monday`: eight equal answers of each prompt."""
    scripted.answer = lambda _question, _temperature, _n: "Paris"
    sessions.suite(address=scripted.url, samples=8, temperatures="[1]")
    sessions.test(HOLDS)
    result = sessions.run("--evalkit-run", "--evalkit-save=monday")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*saved*monday*"])
    return sessions


def test_a_name_that_is_taken_is_refused_before_anything_is_drawn(saved, scripted):
    """The baseline stays what it was."""
    n = len(scripted.asked)
    result = saved.run("--evalkit-run", "--evalkit-fresh", "--evalkit-save=monday")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "monday" in "\n".join([*result.errlines, *result.outlines])
    assert len(scripted.asked) == n


def test_answers_are_not_compared_with_themselves(saved):
    """The same answers would be equivalent for sure, which says nothing."""
    saved.test("assert evalkit.compare('monday').equivalent(within=0.6)")
    result = saved.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *are those of the baseline 'monday' itself*--evalkit-fresh*"])


def test_new_answers_are_compared_and_the_table_has_the_change(saved):
    """Each row tells how far its value is from the baseline's."""
    saved.test(HOLDS, "assert evalkit.compare().equivalent(within=0.6, metric='exact_agreement')")
    result = saved.run("--evalkit-run", "--evalkit-fresh", "--evalkit-baseline=monday")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["test *verdict*change", "*exact_agreement of france at T = 1 > 0.1 *holds*+0.000 [[]-0.*, +0.*[]]"]
    )


def test_a_baseline_that_is_not_there_is_an_error_that_tells_how_to_save_one(saved):
    """It names those that are there."""
    saved.test("evalkit.compare('tuesday')")
    result = saved.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *no baseline 'tuesday' of small*--evalkit-save=tuesday*monday/small*"])


def test_without_a_name_a_comparison_is_skipped(saved):
    """A team that has no baseline yet is told how to make one."""
    saved.test("evalkit.compare()")
    result = saved.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*--evalkit-save=NAME*"])


def test_a_baseline_may_lie_in_a_file_of_its_own(saved, scripted):
    """Such a file is an artifact that the next build takes."""
    saved.run("--evalkit-save=kept/baseline.sqlite@main").assert_outcomes(passed=1)
    (saved.path / ".evalkit.sqlite").unlink()
    scripted.answer = lambda _question, _temperature, n: f"answer {n}"
    saved.test("assert evalkit.compare().equivalent(within=0.3, metric='exact_agreement')")
    result = saved.run("--evalkit-run", "--evalkit-baseline=kept/baseline.sqlite@main")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*false: *1.000 -> 0.000*"])


def test_a_name_may_have_a_file_before_it(tmp_path):
    """The last sign parts the two."""
    usual = tmp_path / "usual.sqlite"
    assert place_of("main", tmp_path, usual) == (usual, "main")
    assert place_of("a@b.sqlite@main", tmp_path, usual) == (tmp_path / "a@b.sqlite", "main")
    with pytest.raises(UsageError, match="names no baseline"):
        place_of("b.sqlite@", tmp_path, usual)
