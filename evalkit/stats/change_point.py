"""Where a mean over prompts stops being level and falls, and how well that is known.

Explained in docs/statistics.md, "Where quality falls".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.student import quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWS = 1000
_PARTS = 10  # places looked at between two neighbours
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Break:
    """Where a level curve begins to fall."""

    place: float
    """The closest place, on the axis of temperature."""
    low: float
    """Lower end of its interval, one of the temperatures."""
    high: float
    """Upper end, one of the temperatures; never equal to the lower."""
    p_value: float
    """Of the test that it falls at all, in (0, 1]."""


def change_point(
    values: NDArray[np.float64],
    temperatures: Sequence[float],
    *,
    random: np.random.Generator,
    level: float = 0.95,
    draws: int = _DRAWS,
) -> Break:
    """Return where a level curve begins to fall: the kink of the closest level-then-falling line.

    Whether it falls at all is the p-value of a permutation test: the largest paired t, over all ways to cut the
    temperatures in two, of the mean before against the mean behind, among those of temperatures shuffled within
    prompts. The interval is made of kinks of curves of whole prompts drawn with replacement, widened as Student's t
    is wider than the normal distribution, and outward to the temperatures that were asked, since between two of them
    nothing is known.

    Of a fall that steepens slowly the kink comes later than the beginning, and the interval need not hold the
    beginning: it speaks of the closest line.

    Args:
        values: (n, k) values of n prompts at k temperatures, n at least 2 and k at least 3.
        temperatures: (k,) ascending.
        random: Where chance comes from.
        level: Level of the interval, in (0, 1).
        draws: Number of shuffles, and of draws of prompts.

    References:
        D. V. Hinkley, "Inference about the Intersection in Two-Phase Regression", Biometrika 56, 495 (1969).
        A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application", Cambridge University Press (1997),
        section 3.8, for resampling whole units of hierarchical data.
        The test and the widening: definition by this project.
    """
    n, k = values.shape
    grid = np.asarray(temperatures, dtype=np.float64)
    shuffled = random.permuted(np.broadcast_to(values, (draws, n, k)), axis=2)
    p_value = (1 + int((_steepest(shuffled) >= _steepest(values[None])[0] - _ROUNDING).sum())) / (1 + draws)
    places = np.concatenate([np.linspace(a, b, _PARTS, endpoint=False) for a, b in pairwise(grid)])
    place = float(_kinks(values.mean(axis=0)[None], grid, places)[0])
    shares = random.multinomial(n, np.full(n, 1.0 / n), size=draws) / n
    drawn = _kinks(shares @ values, grid, places)
    tail = (1.0 - level) / 2.0
    wider = quantile(level, n - 1) / NormalDist().inv_cdf(1.0 - tail) * math.sqrt(n / (n - 1))
    ends = [place + wider * (float(np.quantile(drawn, q)) - place) for q in (tail, 1.0 - tail)]
    first = max(0, int(np.searchsorted(grid, min(ends[0], place) + _ROUNDING, side="right")) - 1)
    last = min(k - 1, int(np.searchsorted(grid, max(ends[1], place) - _ROUNDING)))
    if first == last:
        first, last = max(0, first - 1), min(k - 1, last + 1)
    return Break(place=place, low=float(grid[first]), high=float(grid[last]), p_value=p_value)


def _steepest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest paired t of before against behind, over all cuts; (m, n, k) -> (m,)."""
    n, k = values.shape[1:]
    best = np.full(len(values), -np.inf)
    least = _ROUNDING * max(1.0, float(np.abs(values).max()))
    for cut in range(1, k):
        fall = values[:, :, :cut].mean(axis=2) - values[:, :, cut:].mean(axis=2)
        error = np.maximum(fall.std(axis=1, ddof=1) / math.sqrt(n), least)
        best = np.maximum(best, fall.mean(axis=1) / error)
    return best


def _kinks(means: NDArray[np.float64], grid: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kink of the closest level-then-falling line, by squares; (m, k) curves -> (m,)."""
    behind = np.maximum(0.0, grid[None] - places[:, None])
    behind -= behind.mean(axis=1, keepdims=True)
    explained = np.minimum(0.0, means @ behind.T) / np.sqrt((behind**2).sum(axis=1))
    return np.asarray(places[explained.argmin(axis=1)], dtype=np.float64)
