"""Counts with their nouns."""

from __future__ import annotations

import pytest

from evalkit.text.counting import counted


@pytest.mark.parametrize(("n", "expected"), [(0, "0 cells"), (1, "1 cell"), (1200, "1,200 cells")])
def test_nouns_have_their_number(n, expected):
    """One is singular, none and many are plural, thousands have a comma."""
    assert counted(n, "cell") == expected
