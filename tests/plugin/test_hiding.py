"""Where a test ended is a line of the test, not one of ours."""

import pytest


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("evalkit.compare()", ()),
        ("assert evalkit.cell('keeper', 0)['exact_agreement'] > 0.99", ("--evalkit-inconclusive=skip",)),
    ],
)
def test_a_skip_is_told_with_the_line_of_the_test(sessions, line, options):
    """Whoever reads the reasons of skipped tests finds the assertion that was meant."""
    sessions.test(line)
    result = sessions.run("-rs", *options)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1[]] test_it.py:4: *"])
