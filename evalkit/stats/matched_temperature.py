"""The temperature at which one model is as diverse as another at its own.

Explained in docs/statistics.md, "Matched temperature".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from evalkit.stats.isotonic import isotonic_fits
from evalkit.stats.student import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWS = 1_000
_CERTAIN = 1e-3
"""Diversities closer to 0 or 1 are taken as this close: beyond, a logit says more of luck than of temperature."""


@dataclass(frozen=True, slots=True)
class Known:
    """A mean diversity and how well it is known."""

    value: float
    """In [0, 1]."""
    se: float
    """Standard error, 0 or more; where all samples agreed take it from an interval, for 0 claims certainty."""


@dataclass(frozen=True, slots=True)
class MatchedTemperature:
    """Where two models are as diverse as one another."""

    value: float | None
    """The temperature; None where it lies outside the temperatures that were measured."""
    reason: str | None
    """Why there is no value; None when there is one."""
    ends: Ends | None
    """The interval; an end that is minus infinite lies below the grid, one that is infinite above it. None where no
    uncertainty was given."""


def matched_temperature(
    target: Known,
    temperatures: Sequence[float],
    curve: Sequence[Known],
    rng: np.random.Generator,
    *,
    level: float = 0.95,
) -> MatchedTemperature:
    """Return the temperature at which a curve of diversity reaches the target, with its interval.

    The curve is made monotone, and read off between two temperatures along the logit of diversity against the
    logarithm of temperature. For the interval all values are drawn anew from normal distributions, and read off
    again; its ends are results that were drawn, so that one beyond the grid stays beyond it.

    Args:
        target: Diversity of the other model.
        temperatures: (k,) of the curve, ascending; those at 0 are left out, for they have no logarithm.
        curve: (k,) mean diversity at each.
        rng: Draws the values.
        level: In (0, 1).

    Raises:
        ValueError: Fewer than two temperatures above 0, or they do not ascend.

    References:
        Definition by this project; pool adjacent violators of Barlow and others (1972) for the curve, and order
        statistics of the parametric bootstrap of B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap",
        Chapman & Hall (1993), section 13.3, for the interval.
    """
    kept = [(t, known) for t, known in zip(temperatures, curve, strict=True) if t > 0.0]
    grid = np.array([t for t, _ in kept], dtype=np.float64)
    if len(grid) < 2 or (np.diff(grid) <= 0.0).any():  # noqa: PLR2004 - between two temperatures
        raise ValueError("a matched temperature takes two or more ascending temperatures above 0")
    values = np.array([known.value for _, known in kept])
    ses = np.array([known.se for _, known in kept])
    weights = 1.0 / (ses * ses) if (ses > 0.0).all() else np.ones(len(values))
    found = float(_read_off(np.array([target.value]), np.log(grid), isotonic_fits(values[None, :], weights))[0])
    ends: Ends | None = None
    if target.se > 0.0 or (ses > 0.0).any():
        targets = target.value + target.se * rng.standard_normal(_DRAWS)
        curves = values + ses * rng.standard_normal((_DRAWS, len(grid)))
        ends = _order_statistics(_read_off(targets, np.log(grid), isotonic_fits(curves, weights)), level)
    if found == -math.inf:
        return MatchedTemperature(None, f"below {grid[0]:g}: the least diversity on the grid is above the target", ends)
    if found == math.inf:
        return MatchedTemperature(None, f"above {grid[-1]:g}: no diversity on the grid reaches the target", ends)
    return MatchedTemperature(found, None, ends)


def _order_statistics(drawn: NDArray[np.float64], level: float) -> Ends | None:
    """Return the drawn results next outside the quantiles; never their mean, which infinities would spoil."""
    last, ordered = len(drawn) - 1, sorted(drawn.tolist())
    low = ordered[math.floor((1.0 - level) / 2.0 * last)]
    high = ordered[math.ceil((1.0 + level) / 2.0 * last)]
    return (low, high) if low < high else None


def _read_off(
    targets: NDArray[np.float64], log_grid: NDArray[np.float64], fits: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the temperatures (d,) where monotone curves (d, k) have their targets (d,); infinite outside the grid."""
    last = len(log_grid) - 1
    x, curves = _logit(targets)[:, None], _logit(fits)
    first, beyond = (curves < x).sum(axis=1), (curves <= x).sum(axis=1)
    # Between two temperatures, along a straight line.
    right = np.clip(first, 1, last)
    rows = np.arange(len(fits))
    height = curves[rows, right] - curves[rows, right - 1]
    share = (x[:, 0] - curves[rows, right - 1]) / np.where(height > 0.0, height, 1.0)
    logs = log_grid[right - 1] + np.clip(share, 0.0, 1.0) * (log_grid[right] - log_grid[right - 1])
    # At the target's height: that temperature, or the middle of a flat piece.
    level = beyond > first
    logs[level] = (log_grid[first[level]] + log_grid[beyond[level] - 1]) / 2.0
    found: NDArray[np.float64] = np.exp(logs)
    # Beyond, and where a flat piece touches an edge.
    flat = beyond - first > 1
    found[(targets < fits[:, 0]) | (flat & (first == 0))] = -math.inf
    found[(targets > fits[:, -1]) | (flat & (first > 0) & (beyond > last))] = math.inf
    return found


def _logit(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    logits: NDArray[np.float64] = special.logit(np.clip(shares, _CERTAIN, 1.0 - _CERTAIN))
    return logits
