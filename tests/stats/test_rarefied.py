from collections import Counter
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.at_k import distinct_at_k
from evalkit.stats.rarefied import rarefied_kinds

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@pytest.mark.parametrize("m", [10, 50])
def test_is_the_reference(m, sets):
    """N-grams of characters and of blank-separated words have the reference number of kinds."""
    checked = 0
    for texts, metrics in ((each["texts"], each["metrics"]["distinct"]) for each in sets.values()):
        for name, split in (("char", list), ("ws", str.split)):
            for n in (1, 2, 3):
                parts = [split(text) for text in texts]
                grams = Counter(tuple(p[i : i + n]) for p in parts for i in range(len(p) - n + 1))
                known = metrics[f"{name}/{n}"].get(f"rarefied_unique_at_{m}")
                value = rarefied_kinds(list(grams.values()), m)
                assert (value is None) == (known is None)
                if known is not None:
                    assert value == pytest.approx(known, abs=1e-9)
                    checked += 1
    assert checked > 10


@given(COUNTS, st.data())
def test_equals_the_exact_integers(counts, data):
    """Logarithms give what whole numbers give, at every size."""
    m = data.draw(st.integers(1, sum(counts)))
    assert rarefied_kinds(counts, m) == pytest.approx(distinct_at_k(counts, m), rel=1e-12)


@given(COUNTS)
def test_grows_with_the_sample(counts):
    """A larger sample holds at least as many kinds: none of nothing, one of one, all of all."""
    values = [rarefied_kinds(counts, m) for m in range(sum(counts) + 1)]
    assert all(b >= a - 1e-12 for a, b in pairwise(values))
    assert (values[0], values[-1]) == (0.0, len(counts))
    assert values[1] == pytest.approx(1.0)


def test_stable_for_millions_of_things():
    """Two million things, half of them one kind: the rare kinds keep all their digits."""
    counts, m, n = [1_000_000] + [1] * 1_000_000, 1_000, 2_000_000
    exact = 1_000_000 * m / n + 1 - comb(1_000_000, m) / comb(n, m)
    assert rarefied_kinds(counts, m) == pytest.approx(exact, rel=1e-12)


def test_more_than_there_is_has_no_value():
    """A sample larger than all there is says nothing."""
    assert rarefied_kinds([2, 1], 4) is None
    assert rarefied_kinds([], 1) is None
