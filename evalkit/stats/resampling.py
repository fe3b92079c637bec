"""Weights of resampling: how often each of n values is drawn when n are drawn with replacement.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1999
"""Draws, before those that hold a single value are left out."""
FEWER_DRAWS = 999
"""Draws where there are more values than `MOST_SHARED`."""
_MOST_BY_PRODUCT = 24
_MOST_KEPT = 200
MOST_SHARED = 2_000
"""Values up to which all data of a size share the counts of `multinomial_weights`."""


@lru_cache(maxsize=4)
def multinomial_weights(n: int) -> NDArray[np.float64]:
    """Return the counts of each draw, (draws, n); draws of one value alone are left out.

    The same for all data of a size: equal data give equal intervals, in whatever order they came.

    Args:
        n: Number of values, 2 or more.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    drawn = stream(0, "pair weights", str(n)).multinomial(n, np.full(n, 1.0 / n), size=DRAWS)
    kept: NDArray[np.float64] = drawn[drawn.max(axis=1) < n].astype(np.float64)
    return kept


def counted_weights(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often each kind of value is drawn, and the sum of the squares of its values' own counts.

    Up to 2,000 values they are those of `multinomial_weights`, added up over neighbours; above, kinds are drawn, and
    the squares are what is expected of a kind's values, given how often it was drawn.

    Args:
        counts: (u,) values of each kind, 1 or more, in the order of the values; their sum is 2 or more.

    Returns:
        Two arrays of shape (draws, u).

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    n = counts.sum()
    of = _drawn_kinds if n > MOST_SHARED else _added_kinds if n > _MOST_KEPT else _kept_kinds
    return of(counts.tobytes())


def _added_kinds(told: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `counted_weights` does, by the bytes of the counts."""
    counts = np.frombuffer(told)
    weights = multinomial_weights(int(counts.sum()))
    if len(counts) == weights.shape[1]:
        return weights, weights * weights
    if len(counts) > _MOST_BY_PRODUCT:
        starts = np.concatenate([[0], np.cumsum(counts[:-1])]).astype(np.intp)
        return np.add.reduceat(weights, starts, axis=1), np.add.reduceat(weights * weights, starts, axis=1)
    # Whole numbers: a product with zeros and ones is exact, and three times as fast for a few kinds.
    of_kind = np.repeat(np.eye(len(counts)), counts.astype(np.intp), axis=0)
    return weights @ of_kind, (weights * weights) @ of_kind


_kept_kinds = lru_cache(maxsize=4)(_added_kinds)  # metrics of a cell ask for the same


@lru_cache(maxsize=2)
def _drawn_kinds(told: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `counted_weights` does, by the bytes of the counts."""
    counts = np.frombuffer(told)
    n = int(counts.sum())
    drawn = stream(0, "kind weights", str(n)).multinomial(n, counts / counts.sum(), size=FEWER_DRAWS)
    kinds = drawn.astype(np.float64)
    return kinds, kinds + kinds * (kinds - 1.0) / counts
