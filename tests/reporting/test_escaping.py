"""Text from outside, harmless to tables of spreadsheets."""

import pytest

from evalkit.reporting.escaping import no_formula


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\n", " \n ", "\u00a0", "\x0b", "\u3000"])
def test_whatever_begins_a_formula_is_text(sign, before):
    """Also behind blanks, which spreadsheets trim; text that begins otherwise stays as it is."""
    assert no_formula(f"{before}{sign}1+1") == f"'{before}{sign}1+1"
    assert no_formula(f"1{sign}{before}1") == f"1{sign}{before}1"
