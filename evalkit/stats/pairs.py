"""All pairs of n samples of which few are different: kernels over the different ones, and how often each came.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.resampling import MOST_SHARED, kinds_drawn, pairs_drawn, pairs_within, squares_drawn
from evalkit.stats.student import Ends, quantile

Matrix: TypeAlias = NDArray[np.float64]
Values: TypeAlias = NDArray[np.float64]

MOST_WEIGHTED = 512
"""Kinds up to which weighted means take every pair; above, they are linear in the kinds' own means."""
_ROUNDING = 1e-12
_DIGITS = 12
_BLOCK = 256
_FEW = 64


class Pairs(ABC):
    """The values of all unordered pairs of n samples, a sample never with itself."""

    counts: Values
    """(u,) samples of each kind; samples of a kind are the same to the kernel."""

    @cached_property
    def n(self) -> int:
        """Samples, over all kinds."""
        return int(self.counts.sum())

    @cached_property
    def _sums(self) -> Values:
        return self.sums()

    @abstractmethod
    def sums(self) -> Values:
        """Return for each kind the sum of one of its samples' values with the n - 1 others; shape (u,)."""

    @abstractmethod
    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of a pair; where no matrix is held, two that differ if they do."""

    def weighted_ends(self, level: float) -> Ends | None:
        """Return percentiles of means over pairs under multinomial weights, a sample never with itself.

        As far as they hang on each sample's own mean, which at large n is all but a part that falls with n. They are
        then means of n draws, and their percentiles follow from their first three cumulants.

        Args:
            level: In (0, 1).

        Returns:
            Low and high; None where there are no weights to speak of.

        References:
            R. A. Fisher, E. A. Cornish, "The Percentile Points of Distributions Having Known Cumulants", Technometrics
            2(2), 209-225 (1960).
        """
        n, own = self.n, self.sums() / (self.n - 1)
        shares = self.counts / n
        centre = float(shares @ own)
        spread = math.sqrt(float(shares @ (own - centre) ** 2))
        if spread == 0.0:
            return centre, centre
        z = quantile(level, math.inf)
        skew = float(shares @ ((own - centre) / spread) ** 3) / math.sqrt(n)
        bend, half = (z * z - 1.0) * skew / 6.0, 2.0 * spread / math.sqrt(n)
        return centre + half * (bend - z), centre + half * (bend + z)

    def mean(self) -> float:
        """Return the mean over pairs."""
        n = self.n
        return float((self.counts @ self._sums) / (n * (n - 1)))

    def variance(self) -> float:
        """Return the variance of the mean; here the delete-one jackknife's, for n of 3 or more."""
        n = self.n
        rows = self._sums / (n - 1)
        centre = float(self.counts @ rows) / n
        return float(4.0 * (n - 1) / (n * (n - 2) ** 2) * (self.counts @ (rows - centre) ** 2))

    def trials(self) -> float:
        """Return how many pairs were looked at."""
        return self.n * (self.n - 1) / 2

    def partly(self) -> str:
        """Return which of the pairs were looked at, in words; empty for all of them."""
        return ""


@dataclass(frozen=True, slots=True)
class Kernel(Pairs):
    """Pairs by their values between kinds."""

    values: Matrix
    """(u, u), symmetric; on the diagonal what two samples of one kind have."""
    counts: Values
    """(u,) samples of each kind, 1 or more; above 2,000 samples in an order that does not hang on how they came."""

    def sums(self) -> Values:
        """Return for each kind the sum of one of its samples' values with the n - 1 others; shape (u,)."""
        return np.asarray(self.values @ self.counts - np.diagonal(self.values), dtype=np.float64)

    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of a pair."""
        return self._extremes

    @cached_property
    def _extremes(self) -> tuple[float, float]:
        own, u = np.diagonal(self.values)[self.counts > 1], len(self.values)
        # All but the diagonal, without a copy: behind each of its entries stand u others.
        apart = np.ascontiguousarray(self.values).ravel()[1:].reshape(u - 1, u + 1)[:, :-1]
        parts = [part for part in (own, apart) if part.size]
        return float(min(part.min() for part in parts)), float(max(part.max() for part in parts))

    def weighted_ends(self, level: float) -> Ends | None:
        """Return percentiles of `weighted_means`; of many kinds those to first order."""
        if len(self.counts) > MOST_WEIGHTED:
            return Pairs.weighted_ends(self, level)
        if len(self.counts) <= _FEW:
            # Distances of the same answers differ in their last bits, by the order in which those came.
            values, counts = self._ordered(self.values.round(_DIGITS))
            return _ends_of_few(values.tobytes(), counts.tobytes(), level)
        return percentiles(self.weighted_means(), level)

    def weighted_means(self) -> Values:
        """Return means over pairs under multinomial weights, a sample never with itself; shape (draws,)."""
        return _weighted(*self._ordered(self.values))

    def _ordered(self, values: Matrix) -> tuple[Matrix, Values]:
        """Return values and counts in the order in which weights are shared; as they are where kinds are drawn."""
        if self.n > MOST_SHARED:
            return values, self.counts
        order = canonical_order(values, self.counts)
        return values[order[:, None], order], self.counts[order]


@dataclass(frozen=True, slots=True)
class Equal(Pairs):
    """Pairs that have 1 where both are of one class, else 0: all there is to know are the sizes of the classes."""

    counts: Values
    """(u,) samples of each class, 1 or more."""
    alone: int = 0
    """How many of the classes, the first ones, are of samples that agree with nothing, not even with their like."""

    def sums(self) -> Values:
        """Return for each class how many others each of its samples agrees with; shape (u,)."""
        found = self.counts - 1.0
        found[: self.alone] = 0.0
        return found

    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of a pair."""
        agrees = self._sums
        return float(agrees.min() >= self.n - 1), float(agrees.max() > 0)

    def weighted_ends(self, level: float) -> Ends | None:
        """Return percentiles of `weighted_means`; of many classes those to first order."""
        if self.n > MOST_SHARED and int((self._sums > 0.0).sum()) > MOST_WEIGHTED:
            return Pairs.weighted_ends(self, level)
        return percentiles(self.weighted_means(), level)

    def weighted_means(self) -> Values:
        """Return means over pairs under multinomial weights, a sample never with itself; shape (draws,)."""
        # Rare ones first, those that agree with nothing before their like: the order that a kernel would have.
        sums = self._sums
        order = np.lexsort((sums, self.counts))
        counts, shared = self.counts[order], np.flatnonzero(sums[order] > 0.0)
        if self.n > MOST_SHARED:
            rest = self.n - counts[shared].sum()
            counts, shared = np.append(counts[shared], [rest] if rest else []), np.arange(len(shared))
        return np.asarray(pairs_within(counts, shared) / pairs_drawn(counts), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Products(Pairs):
    """Pairs by vectors: the product of two scales, less the inner product of two rows; never an n x n matrix."""

    scales: Values
    """(u,)."""
    rows: Any
    """(u, d), an array or a sparse one of scipy."""
    counts: Values
    """(u,) samples of each kind, 1 or more."""

    def sums(self) -> Values:
        """Return for each kind the sum of one of its samples' values with the n - 1 others; shape (u,)."""
        scales = self.scales * (self.counts @ self.scales - self.scales)
        squares = np.asarray((self.rows * self.rows).sum(axis=1)).ravel()
        return np.asarray(scales - (self.rows @ (self.counts @ self.rows) - squares), dtype=np.float64)

    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of a pair; where they are not all equal, two that differ."""
        found = self.sums() / (self.n - 1)
        if np.ptp(found) > _ROUNDING:
            return float(found.min()), float(found.max())
        # Means that are the same may hide pairs that are not.
        ends = []
        for start in range(0, len(self.counts), _BLOCK):
            part = slice(start, start + _BLOCK)
            inner = self.rows[part] @ self.rows.T
            whole = np.outer(self.scales[part], self.scales) - (
                inner if isinstance(inner, np.ndarray) else inner.toarray()
            )
            places = np.arange(len(whole))
            alone = self.counts[part] == 1.0
            whole[places[alone], start + places[alone]] = np.nan
            ends += [np.nanmin(whole), np.nanmax(whole)]
        return float(min(ends)), float(max(ends))


def percentiles(drawn: Values, level: float) -> Ends:
    """Return the ends that hold a share of what was drawn, as much left out below as above.

    Args:
        drawn: (draws,).
        level: In (0, 1).

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    low, high = quantiles(drawn, ((1.0 - level) / 2.0, (1.0 + level) / 2.0))
    return low, high


def quantiles(values: Values, shares: Iterable[float]) -> list[float]:
    """Return the values below which some shares lie, between two neighbours in proportion.

    Args:
        values: (n,), n at least 1.
        shares: In [0, 1].

    References:
        R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 361-365
        (1996), definition 7.
    """
    # numpy.quantile's numbers, in a tenth of its time for a few thousand values.
    ordered = np.sort(values)
    return [_quantile(ordered, share) for share in shares]


def _quantile(ordered: Values, share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    part = place - below
    return high - (high - low) * (1.0 - part) if part >= 0.5 else low + (high - low) * part  # noqa: PLR2004 - the nearer


@dataclass(frozen=True, slots=True)
class Summed(Pairs):
    """Pairs of which the sums are known and no more."""

    counts: Values
    """(u,) samples of each kind, 1 or more."""
    of_each: Values
    """(u,) the sum of a sample's values with the n - 1 others."""
    ends: tuple[float, float]
    """The least and the greatest value of a pair."""

    def sums(self) -> Values:
        """Return for each kind the sum of one of its samples' values with the n - 1 others; shape (u,)."""
        return self.of_each

    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of a pair."""
        return self.ends


@lru_cache(maxsize=8)
def _ends_of_few(values: bytes, counts: bytes, level: float) -> Ends:
    """Return percentiles of weighted means; several metrics of a cell ask for those of the same distances."""
    times = np.frombuffer(counts)
    return percentiles(_weighted(np.frombuffer(values).reshape(len(times), len(times)), times), level)


def _weighted(values: Matrix, counts: Values) -> Values:
    """Return means over pairs under multinomial weights, of kinds in their order; shape (draws,)."""
    kinds = kinds_drawn(counts)
    of_pairs, own = np.einsum("du,du->d", kinds @ values, kinds), np.diagonal(values)
    if own.any():
        of_pairs -= squares_drawn(counts) @ own
    return np.asarray(of_pairs / pairs_drawn(counts), dtype=np.float64)


def as_pairs(given: Matrix | Pairs) -> Pairs:
    """Return pairs of a matrix over all samples, or the pairs given.

    References:
        Definition by this project.
    """
    return given if isinstance(given, Pairs) else Kernel(np.asarray(given, dtype=np.float64), np.ones(len(given)))


def equal_pairs(keys: Iterable[Hashable], counts: Iterable[float] = itertools.repeat(1.0)) -> Equal:
    """Return the pairs of samples that agree where their keys are equal; None agrees with nothing.

    Args:
        keys: (u,) what two samples have in common when they agree.
        counts: (u,) how often each came.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for what the sizes of classes tell of pairs.
    """
    sizes: defaultdict[Hashable, float] = defaultdict(float)
    for key, count in zip(keys, counts, strict=False):
        sizes[key] += count
    nothing = float(sizes.pop(None, 0.0))  # a number of numpy's compares to no int
    return Equal(np.array([nothing] * (nothing > 0) + sorted(sizes.values()), dtype=np.float64), int(nothing > 0))


def canonical_order(values: Matrix, counts: Values) -> NDArray[np.intp]:
    """Return an order of the kinds that does not hang on the order in which they came; shape (u,).

    Equal rows stand together; the rest is ordered by how many samples have a row, and what it holds.

    References:
        Definition by this project.
    """
    rounded = values.round(_DIGITS)
    of_rows = (rounded @ counts).round(9)
    sums = of_rows.tolist()
    if len(set(sums)) == len(sums):  # no two rows are equal, and nothing but sums is asked for
        return np.lexsort((of_rows, counts))
    squares = np.round((rounded**2) @ counts, 9).tolist()
    rows = [tuple(row) for row in rounded.tolist()]
    size: defaultdict[tuple[float, ...], float] = defaultdict(float)
    for row, count in zip(rows, counts.tolist(), strict=True):
        size[row] += count
    told = [(size[row], *of_row) for *of_row, row in zip(sums, squares, rows, strict=True)]
    return np.array(sorted(range(len(rows)), key=lambda place: (told[place], rows[place])), dtype=np.intp)
