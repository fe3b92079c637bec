"""A mean over pairs from some of them: each sample in as many, by shifts of a random order.

Explained in docs/statistics.md, "A mean over pairs from some of them".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.pairs import Pairs, Values
from evalkit.stats.streams import stream

Places: TypeAlias = NDArray[np.intp]

MOST_SHIFTS = 20
"""Shifts unless there are many samples: then what chance adds is small beside the spread of the data."""
MOST_PAIRS = 500_000
"""Pairs to draw at most."""
_FEWEST_SHIFTS = 5


@dataclass(frozen=True, slots=True)
class Shifted(Pairs):
    """Values of the pairs that some shifts of a random order make, each sample in two of every shift."""

    values: NDArray[np.float64]
    """(k, n), of the sample in each place of the order and the one a shift further on."""
    shifts: tuple[int, ...]
    """(k,), all different, each above 0 and below n / 2."""
    counts: Values = field(init=False)
    """(n,) ones: samples in the places of the order."""

    def __post_init__(self) -> None:
        """Count each sample once."""
        object.__setattr__(self, "counts", np.ones(self.values.shape[1]))

    def sums(self) -> Values:
        """Return for each sample an estimate of the sum of its values with the others; shape (n,)."""
        return np.asarray(self._of_each(self.values) * ((self.n - 1) / (2 * len(self.shifts))), dtype=np.float64)

    def extremes(self) -> tuple[float, float]:
        """Return the least and the greatest value of the pairs that were drawn."""
        return float(self.values.min()), float(self.values.max())

    def weighted_ends(self, level: float) -> None:
        """Return none: pairs that were not drawn have no weight."""

    def mean(self) -> float:
        """Return the mean over the pairs that were drawn, unbiased for the mean over all."""
        return float(self.values.mean())

    def variance(self) -> float:
        """Return the estimated variance of the mean: of the samples, and of which pairs were drawn.

        4 z1 / n + (z2 - 2 z1) / m for m pairs, where z2 is the variance of a pair's value and z1 the covariance of two
        that share a sample, from the products of such values.

        References:
            G. Blom, "Some Properties of Incomplete U-Statistics", Biometrika 63(3), 573-580 (1976), section 3, for
            designs in which every sample stands in as many pairs.
            A. J. Lee, "U-Statistics: Theory and Practice", Marcel Dekker (1990), section 4.3.
        """
        k, n = self.values.shape
        apart = self.values - self.values.mean()
        squares = apart * apart
        shared = self._of_each(apart) ** 2 - self._of_each(squares)
        z1 = max(0.0, float(shared.mean()) / (2 * k * (2 * k - 1)))
        z2 = float(squares.mean())
        return float(4.0 * z1 / n + max(0.0, z2 - 2.0 * z1) / (k * n))

    def trials(self) -> float:
        """Return how many pairs were drawn."""
        return float(self.values.size)

    def partly(self) -> str:
        """Return which of the pairs were looked at, in words."""
        return f"{self.values.size:,} of {self.n * (self.n - 1) // 2:,} pairs"

    def _of_each(self, values: NDArray[np.float64]) -> Values:
        """Return for each sample the sum over the pairs it stands in; shape (n,)."""
        total = values.sum(axis=0)
        for row, shift in zip(values, self.shifts, strict=True):
            total = total + np.roll(row, shift)
        return np.asarray(total, dtype=np.float64)


def shifted_pairs(counts: Values, of_pairs: Callable[[Places, Places], Values], *, most: int = MOST_PAIRS) -> Shifted:
    """Return the values of some of all pairs of samples: 20 for each sample, fewer above 25,000 samples.

    The samples are put in a random order, and pairs are those of a sample and the one that stands a shift further on,
    for several random shifts: each sample stands in as many pairs, and none is drawn twice. What is drawn hangs on the
    counts alone.

    Args:
        counts: (u,) samples of each kind, in an order that does not hang on how they came; 5 samples or more.
        of_pairs: (m,) kinds and (m,) kinds -> (m,) values of the pairs that they make.
        most: Pairs to draw at most, were it not for 5 for each sample.

    References:
        G. Blom, "Some Properties of Incomplete U-Statistics", Biometrika 63(3), 573-580 (1976).
        Random shifts: definition by this project.
    """
    n = int(counts.sum())
    rng = stream(0, "shifted pairs", str(n))
    order = rng.permutation(np.repeat(np.arange(len(counts)), counts.astype(np.intp)))
    k = min((n - 1) // 2, MOST_SHIFTS, max(_FEWEST_SHIFTS, min(most, MOST_PAIRS) // n))
    shifts = tuple(int(shift) + 1 for shift in np.sort(rng.choice((n - 1) // 2, size=k, replace=False)))
    second = np.concatenate([np.roll(order, -shift) for shift in shifts])
    values = of_pairs(np.tile(order, k), second)
    return Shifted(np.asarray(values, dtype=np.float64).reshape(k, n), shifts)
