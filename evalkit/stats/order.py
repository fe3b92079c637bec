"""Whether values depend on the order in which they came: tests by permutation within each prompt.

Explained in docs/statistics.md, "Did anything change during the run?".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.stats.permutation import PermutationTest, two_sided, upper_sided
from evalkit.stats.student import mean_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1_999
"""Orders that are drawn; the least p-value is 1/2,000."""
_MOST_TABLES = 4
_MOST_IN_TABLES = 4_000  # values of a block: 64 MB
_MANY = 1_000
_MOST_UNEVEN = (
    2.0  # mean third power of the distance from the mean, in standard deviations; 1.3 of values all different
)
_NEAR = 8.0  # answers are near within about an eighth of the run: a change there and back shows, too

Ordered: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64]]"
"""Of one prompt: (n,) places in time, all different; and (n,) values or (n, n) likenesses of every two."""


def order_trend(blocks: Sequence[Ordered], rng: np.random.Generator) -> PermutationTest | None:
    """Return the test that values do not rise or fall with time; None where no block varies.

    The statistic is the mean over blocks of Spearman's rank correlation of value and time, in [-1, 1], and the p-value
    two-sided. If time meant nothing, every order of a block's values would be as likely as any other, those of
    different blocks independently so. From 1,000 values on, a block's correlation is drawn from the normal law that it
    then has, unless nearly all of its values are equal.

    Args:
        blocks: One for each prompt, with a value for each sample; blocks without two different values say nothing.
        rng: Draws the orders.

    References:
        C. Spearman, "The Proof and Measurement of Association Between Two Things", American Journal of Psychology
        15(1), 72-101 (1904); B. Phipson, G. K. Smyth (2010) for the p-value. W. Hoeffding, "A Combinatorial Central
        Limit Theorem", Annals of Mathematical Statistics 22(4), 558-566 (1951), for many values. The mean over blocks:
        definition by this project.
    """
    observed, null, m, tables = 0.0, np.zeros(DRAWS), 0, _Tables(rng)
    for times, values in blocks:
        time, rank = _standardised(_ranks(times)), _standardised(_ranks(values))
        if time is None or rank is None:
            continue
        observed += float(time @ rank)
        null += _normal(len(time), rng) if _even(time, rank) else tables.drawn(times, rank, partial(_taken, time))
        m += 1
    return two_sided(observed / m, null / m, exact=False) if m else None


def order_distance(blocks: Sequence[Ordered], rng: np.random.Generator) -> PermutationTest | None:
    """Return the test that answers far apart in time are as alike as near ones; None where no block varies.

    The statistic is the mean over blocks of the correlation, over pairs, of likeness with nearness in time, in
    [-1, 1]; nearness falls exponentially with the distance, by e within an eighth of the run. The p-value is of the
    upper side. It sees a step or a slow change, and less well a change there and back; one so short that few samples
    fall into it it does not see.

    Args:
        blocks: One for each prompt, with a symmetric matrix of likenesses; blocks whose pairs are all equally alike say
            nothing.
        rng: Draws the orders.

    References:
        N. Mantel, "The Detection of Disease Clustering and a Generalized Regression Approach", Cancer Research 27(2),
        209-220 (1967); B. Phipson, G. K. Smyth (2010) for the p-value. The mean over blocks: definition by this
        project.
    """
    observed, null, m, tables = 0.0, np.zeros(DRAWS), 0, _Tables(rng)
    for times, likeness in blocks:
        pairs, whole, nearness = _near(times.tobytes())
        alike = _standardised(likeness[pairs])
        if alike is None or nearness is None:
            continue
        observed += float(alike @ nearness)
        null += tables.drawn(times, alike, partial(_pairs_taken, whole))
        m += 1
    return upper_sided(observed / m, null / m, exact=False) if m else None


@lru_cache(maxsize=4)
def _near(
    told: bytes,
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the pairs of places in time, by their bytes, how near each is, and that without a mean, of length 1."""
    times = np.frombuffer(told)
    pairs = np.triu_indices(len(times), 1)
    near = np.exp(-_NEAR * np.abs(times[:, None] - times[None, :]) / (1.0 + np.ptp(times)))
    nearness, whole = _standardised(near[pairs]), np.zeros_like(near)
    if nearness is not None:
        whole[pairs] = whole.T[pairs] = nearness
    return pairs, whole, nearness


def within_blocks(values: NDArray[np.float64], *, level: float = 0.95) -> list[tuple[float, float] | None]:
    """Return an interval for each column's mean over blocks, differences between blocks taken out.

    Each block is brought to the mean of all before its spread is taken, so that intervals of two columns may be
    compared; the factor corrects for what that takes away. None where nothing varies, or there is one block.

    Args:
        values: (P, K) one row for each block, K at least 2.
        level: In (0, 1).

    References:
        D. Cousineau, "Confidence Intervals in Within-Subject Designs", Tutorials in Quantitative Methods for Psychology
        1(1), 42-45 (2005); R. D. Morey, "Confidence Intervals from Normalized Data: A Correction to Cousineau (2005)",
        ibid. 4(2), 61-64 (2008).
    """
    K = values.shape[1]
    own = values - values.mean(axis=1, keepdims=True)
    spread = own - own.mean(axis=0)
    centres = values.mean(axis=0)
    found: list[tuple[float, float] | None] = []
    for column, centre in zip(spread.T * np.sqrt(K / (K - 1.0)), centres, strict=True):
        ends = mean_interval(column, level=level)
        low, high = (0.0, 0.0) if ends is None else (float(centre) + ends[0], float(centre) + ends[1])
        found.append((low, high) if low < high else None)
    return found


class _Tables:
    """Orders drawn once for all blocks with the same places in time; each block meets them in an order of its own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._made: dict[bytes, NDArray[np.float64]] = {}

    def drawn(
        self,
        times: NDArray[np.float64],
        values: NDArray[np.float64],
        rows: Callable[[NDArray[np.intp]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Return the statistic of a block under each order, (DRAWS,).

        Args:
            times: (n,) places in time.
            values: (m,) what is set against each row.
            rows: Makes (DRAWS, m) rows of (DRAWS, n) orders, alike for blocks with the same places in time.
        """
        if len(times) > _MOST_IN_TABLES:
            return np.concatenate([rows(self._orders(len(times), 1)) @ values for _ in range(DRAWS)])
        key = times.tobytes()
        if key not in self._made:
            if len(self._made) >= _MOST_TABLES:
                self._made.clear()
            self._made[key] = rows(self._orders(len(times), DRAWS))
        return (self._made[key] @ values)[self._rng.permutation(DRAWS)]

    def _orders(self, n: int, draws: int) -> NDArray[np.intp]:
        orders = np.tile(np.arange(n), (draws, 1))
        return self._rng.permuted(orders, axis=1, out=orders)


def _even(time: NDArray[np.float64], rank: NDArray[np.float64]) -> bool:
    """Return whether the correlation of so many values, none of them far from the others, is as good as normal."""
    n = len(time)
    return n >= _MANY and all(math.sqrt(n) * float((np.abs(each) ** 3).sum()) <= _MOST_UNEVEN for each in (time, rank))


def _normal(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.standard_normal(DRAWS) / math.sqrt(n - 1)


def _taken(time: NDArray[np.float64], orders: NDArray[np.intp]) -> NDArray[np.float64]:
    return time.take(orders)


def _pairs_taken(whole: NDArray[np.float64], orders: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the pairs above the diagonal under each order, (DRAWS, n (n - 1) / 2), row after row."""
    # A whole row of pairs of all orders at once: single entries, picked one by one, take ten times as long.
    n, at = len(whole), np.ascontiguousarray(orders.T)
    taken, last = np.empty((n * (n - 1) // 2, len(orders))), 0
    for row in range(n - 1):
        first, last = last, last + n - 1 - row
        np.take(whole.ravel(), at[row] * n + at[row + 1 :], out=taken[first:last], mode="clip")
    return taken.T


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks of values, equal ones at their mean; as scipy.stats, which loads slowly, would."""
    ordered = np.sort(values)
    below, above = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((below + above + 1) / 2.0, dtype=np.float64)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return values with mean 0 and length 1; None where they do not vary."""
    centred = values - values.mean()
    length = float(np.sqrt(centred @ centred))
    scale = float(np.abs(values).max(initial=0.0))
    return centred / length if length > 1e-9 * max(scale, 1e-300) else None
