"""Bags of things, and what two have in common."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.bags import inner_products


@given(st.lists(st.text("abcd", max_size=9).map(Counter), min_size=1, max_size=5))
def test_inner_products_are_sums_over_things(bags):
    """Each entry is the sum of products of counts, a thing that one lacks counting nothing."""
    expected = [[sum(a[thing] * b[thing] for thing in a) for b in bags] for a in bags]

    assert inner_products(bags).tolist() == expected


def test_inner_products_of_more_things_than_fit_a_block():
    """A large vocabulary is taken piece by piece, and nothing is lost where pieces meet."""
    many, some = Counter(range(10_000)), Counter({0: 2, 4095: 3, 4096: 5, 9999: 7})

    assert inner_products([many, some, Counter()]).tolist() == [[10_000, 17, 0], [17, 87, 0], [0, 0, 0]]
