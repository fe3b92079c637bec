"""Common prefixes of sequences."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError
from evalkit.text.prefixes import UNITS, common_prefix, common_prefixes, of_longer, scale_of, units


@given(st.lists(st.text("ab", max_size=6), min_size=1, max_size=6))
def test_all_pairs_are_the_pairs_one_by_one(texts):
    """The way over sorted neighbours gives the common prefix of every two, and lengths on the diagonal."""
    items = [tuple(text) for text in texts]
    expected = [[max(n for n in range(len(a) + 1) if b.startswith(a[:n])) for b in texts] for a in texts]

    assert common_prefixes(items).tolist() == expected
    assert [[common_prefix(a, b) for b in items] for a in items] == expected


def test_shares_of_the_longer():
    """Two of three are two thirds; empty ones are the same, and share nothing with others."""
    shared = of_longer(common_prefixes([("a", "b"), ("a", "b", "c"), (), ()]))

    assert shared[0, 1] == pytest.approx(2 / 3)
    assert shared[2].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_units_cut_and_name_their_scale():
    """Words, characters and tokenizers cut alike wherever they are asked for, and anything else is refused."""
    assert [units("a, é", unit=unit) for unit in ("words", "characters", "uni")] == [
        ("a,", "é"),
        ("a", ",", " ", "é"),
        ("a", ",", "é"),
    ]
    assert {scale_of(unit, fraction=False)[0] for unit in UNITS} == {"words", "characters", "tokens"}
    assert scale_of("words", fraction=False)[1] == (0.0, math.inf)
    assert scale_of("uni", fraction=True) == ("share", (0.0, 1.0))
    with pytest.raises(UnknownNameError):
        units("a", unit="sentences")
