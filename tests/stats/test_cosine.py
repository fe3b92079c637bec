"""Cosines of rows."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.stats.cosine import cosine_distances, cosines, negative_share, with_nowhere

ROWS = np.array([[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.6, 0.8]])


def test_rows_of_zeros_are_alike_and_far_from_others():
    """An empty text is the same as another, and shares nothing with any other."""
    distances = cosine_distances(ROWS)

    assert distances[1, 3] == 0.0
    assert list(distances[1, [0, 2, 4]]) == [1.0, 1.0, 1.0]
    assert with_nowhere(ROWS).shape == (5, 3)
    assert with_nowhere(ROWS[:1]).shape == (1, 2)


def test_negative_cosines_count_as_nothing_shared_and_are_told():
    """A distance never exceeds 1; two pairs of ten point apart."""
    assert cosines(ROWS)[0, 2] == -1.0
    assert cosine_distances(ROWS)[0, 2] == 1.0
    assert negative_share(ROWS) == pytest.approx(0.2)
    assert negative_share(ROWS[:1]) == 0.0


def test_equal_rows_are_at_zero():
    """Rounding makes no difference of equal rows."""
    row = np.full(7, 1.0) / np.sqrt(7.0)

    assert (cosine_distances(np.array([row, row])) == 0.0).all()
