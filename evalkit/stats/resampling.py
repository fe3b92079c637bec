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
    return kinds_drawn(counts), squares_drawn(counts)


def kinds_drawn(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first part of `counted_weights`, (draws, u); argument as there.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    return _drawn_kinds(counts.tobytes())[0] if counts.sum() > MOST_SHARED else _added(counts, squared=False)


def squares_drawn(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the second part of `counted_weights`, (draws, u); argument as there.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    return _drawn_kinds(counts.tobytes())[1] if counts.sum() > MOST_SHARED else _added(counts, squared=True)


def pairs_drawn(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many ordered pairs of two different values each draw of `counted_weights` holds, (draws,).

    Args:
        counts: (u,) values of each kind, as there.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    n = int(counts.sum())
    return _all_pairs(n) if n <= MOST_SHARED else n**2 - squares_drawn(counts).sum(axis=1)


def pairs_within(counts: NDArray[np.float64], kinds: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how many ordered pairs of two different values of one kind each draw holds, (draws,).

    Args:
        counts: (u,) values of each kind, as in `counted_weights`.
        kinds: (k,) places of the kinds whose pairs count.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    if counts.sum() > _MOST_KEPT or len(kinds) > _MOST_BY_PRODUCT:
        drawn, squares = kinds_drawn(counts)[:, kinds], squares_drawn(counts)[:, kinds]
        return np.asarray((drawn * drawn - squares).sum(axis=1), dtype=np.float64)
    of_kind = _of_kinds(counts)[:, kinds]
    weights, squares = _with_squares(len(of_kind))
    drawn = weights @ of_kind
    return np.asarray(np.einsum("du,du->d", drawn, drawn) - squares @ of_kind.sum(axis=1), dtype=np.float64)


@lru_cache(maxsize=4)
def _all_pairs(n: int) -> NDArray[np.float64]:
    squares = _with_squares(n)[1]
    return np.asarray(n**2 - squares.sum(axis=1), dtype=np.float64)


@lru_cache(maxsize=1)
def _with_squares(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weights = multinomial_weights(n)
    return weights, weights * weights


def _added(counts: NDArray[np.float64], *, squared: bool) -> NDArray[np.float64]:
    n = int(counts.sum())
    if len(counts) == n:
        return _with_squares(n)[squared]
    return (_added_kinds if n > _MOST_KEPT else _kept_kinds)(counts.tobytes(), squared)


def _added_kinds(told: bytes, squared: bool) -> NDArray[np.float64]:  # noqa: FBT001 - as a cache passes it on
    """Return weights, or their squares, added up over the values of each kind, by the bytes of the counts."""
    counts = np.frombuffer(told)
    weights = _with_squares(int(counts.sum()))[squared]
    if len(counts) > _MOST_BY_PRODUCT:
        return np.add.reduceat(weights, np.concatenate([[0], np.cumsum(counts[:-1])]).astype(np.intp), axis=1)
    # Whole numbers: a product with zeros and ones is exact, and three times as fast for a few kinds.
    return np.asarray(weights @ _of_kinds(counts), dtype=np.float64)


def _of_kinds(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which kind each value is of, (n, u)."""
    return np.repeat(np.eye(len(counts)), counts.astype(np.intp), axis=0)


_kept_kinds = lru_cache(maxsize=8)(_added_kinds)  # metrics of a cell ask for the same


@lru_cache(maxsize=2)
def _drawn_kinds(told: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `counted_weights` does, by the bytes of the counts."""
    counts = np.frombuffer(told)
    n = int(counts.sum())
    drawn = stream(0, "kind weights", str(n)).multinomial(n, counts / counts.sum(), size=FEWER_DRAWS)
    kinds = drawn.astype(np.float64)
    return kinds, kinds + kinds * (kinds - 1.0) / counts
