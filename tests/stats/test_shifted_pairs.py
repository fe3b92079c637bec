"""Means over pairs from some of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.shifted_pairs import Shifted, shifted_pairs
from evalkit.stats.ustatistic import pair_interval


def _drawn(n, counts=None):
    """Return the pairs that are drawn of n kinds, as they are asked for."""
    asked = []

    def of_pairs(first, second):
        asked.extend(zip(first.tolist(), second.tolist(), strict=True))
        return np.zeros(len(first))

    shifted_pairs(np.ones(n) if counts is None else np.array(counts), of_pairs)
    return asked


@pytest.mark.parametrize("n", [5, 6, 12, 41, 42, 200])
def test_each_sample_stands_in_as_many_pairs_and_none_is_drawn_twice(n):
    """Two for each shift, never with itself."""
    asked = _drawn(n)
    times = np.bincount(np.array(asked).ravel())

    assert len({frozenset(pair) for pair in asked}) == len(asked)
    assert all(len(set(pair)) == 2 for pair in asked)
    assert set(times.tolist()) == {2 * len(asked) // n}


def test_where_few_are_drawn_all_are():
    """Of an odd number of samples all shifts make all pairs."""
    assert {frozenset(pair) for pair in _drawn(9)} == {frozenset(pair) for pair in combinations(range(9), 2)}


def test_copies_are_samples():
    """A kind that came often is drawn often, with its own copies too."""
    asked = _drawn(2, [40.0, 1.0])

    assert (0, 0) in asked
    assert (1, 1) not in asked
    assert len(asked) == 41 * 20


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=5, max_size=9).filter(lambda values: len(values) % 2))
def test_of_all_pairs_it_is_their_mean(values):
    """Where every pair is drawn the mean is that of all pairs, and sums are those of the samples, in their order."""
    points = np.sort(values)
    found = shifted_pairs(np.ones(len(points)), lambda a, b: np.abs(points[a] - points[b]))
    apart = np.abs(points[:, None] - points[None, :])

    assert found.mean() == pytest.approx(apart[np.triu_indices(len(points), 1)].mean(), abs=1e-12)
    assert sorted(found.sums()) == pytest.approx(sorted(apart.sum(axis=1)), abs=1e-9)


@pytest.mark.parametrize(
    ("kernel", "least", "most"), [(np.add, 0.8, 1.2), (np.multiply, 0.9, 2.0)], ids=["each", "together"]
)
def test_the_variance_is_that_of_the_mean_over_fresh_samples(kernel, least, most):
    """Where a value hangs on either sample it is right; where on both together, it may be twice too large."""
    chance, means, variances = np.random.default_rng(4), [], []
    for _ in range(400):
        points = chance.normal(size=60)
        found = shifted_pairs(np.ones(60), lambda a, b, points=points: kernel(points[a], points[b]))
        means.append(found.mean())
        variances.append(found.variance())

    assert least < np.mean(variances) / np.var(means) < most


def test_intervals_cover():
    """At 95 % they hold the true mean distance of two uniform numbers, a third, in 93 to 97 of 100 draws."""
    chance, hits = np.random.default_rng(6), 0
    for _ in range(1_000):
        points = chance.random(100)
        found = shifted_pairs(np.ones(100), lambda a, b, points=points: np.abs(points[a] - points[b]))
        low, high = pair_interval(found)
        hits += low <= 1 / 3 <= high

    assert 930 <= hits <= 970


def test_says_of_how_many():
    """The words name the pairs drawn and the pairs there are."""
    found = Shifted(np.zeros((2, 2_000)), (3, 5))

    assert found.partly() == "4,000 of 1,999,000 pairs"
    assert found.trials() == 4_000
    assert found.weighted_ends(0.95) is None
    assert found.extremes() == (0.0, 0.0)
