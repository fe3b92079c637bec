"""Average linkage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalkit.stats.clustering import average_linkage, renumbered


def test_chain_is_not_followed():
    """Of three things in a row, the ends stay apart: their mean distance to the joined pair is what counts."""
    chain = np.abs(np.subtract.outer([0.0, 0.4, 0.8], [0.0, 0.4, 0.8]))

    assert list(average_linkage(chain, 0.45)) == [0, 0, 1]
    assert list(average_linkage(chain, 0.6)) == [0, 0, 0]


def test_threshold_itself_joins():
    """A mean distance equal to the threshold is not beyond it, however it was rounded."""
    apart = 0.1 + 0.2

    assert list(average_linkage(np.array([[0.0, apart], [apart, 0.0]]), 0.3)) == [0, 0]


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_join(n):
    """No row and one row are classes as they are."""
    assert list(average_linkage(np.zeros((n, n)), 0.5)) == [0] * n


@settings(max_examples=60, deadline=None)
@given(
    points=arrays(np.float64, st.tuples(st.integers(2, 12), st.just(2)), elements=st.floats(0, 1, width=16)),
    seed=st.integers(0, 99),
)
def test_partition_is_the_same_whatever_the_order_without_ties(points, seed):
    """Where no two distances are equal, the order of the rows changes the numbers only."""
    points = points + np.random.default_rng(3).normal(0, 1e-3, points.shape)
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    order = np.random.default_rng(seed).permutation(len(points))
    plain, shuffled = average_linkage(distances, 0.3), average_linkage(distances[np.ix_(order, order)], 0.3)

    assert (np.equal.outer(plain, plain)[np.ix_(order, order)] == np.equal.outer(shuffled, shuffled)).all()


def test_numbers_follow_first_appearance():
    """The first label is 0, the next new one 1."""
    assert list(renumbered(np.array([7, 2, 7, 9, 2]))) == [0, 1, 0, 2, 1]
