"""How much a value grows with the logarithm of temperature.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.student import Ends, mean_interval
from evalkit.stats.trend import Block

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_TEMPERATURE = 0.2
"""Below, sampling is all but greedy, and at 0 there is no logarithm: a point of its own, not on the axis."""


@dataclass(frozen=True, slots=True)
class MeanSlope:
    """Growth of a value with each unit of ln T, over prompts."""

    value: float | None
    """The mean over prompts; None where no prompt has a slope."""
    per_prompt: tuple[float | None, ...]
    """(P,) in the order given; None where a prompt has fewer than two temperatures on the axis."""
    ends: Ends | None
    """t interval over prompts, for prompts like these; None for fewer than two, or where all slopes are equal."""


def log_slope(
    temperatures: Sequence[float], values: Sequence[float], *, least: float = LEAST_TEMPERATURE
) -> float | None:
    """Return how much a value grows with each unit of ln T; None for fewer than two temperatures on the axis.

    Times 0.693 it is the growth when the temperature doubles. The logarithm is the axis on which the growth of a
    model's entropy is the variance of its log-probabilities.

    Args:
        temperatures: (k,) 0 or more.
        values: (k,) in the same order.
        least: Temperatures below are left out; above 0.

    References:
        A. M. Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", Firmin Didot (1805), for
        least squares; ln T as the axis: definition by this project, from dH / d ln T = Var(log p).
    """
    x, y = _on_axis(temperatures, values, least)
    if len(set(x.tolist())) < 2:  # noqa: PLR2004 - a slope takes two points
        return None
    centred = x - x.mean()
    return float(centred @ y / (centred @ centred))


def log_slope_variance(
    temperatures: Sequence[float], variances: Sequence[float], *, least: float = LEAST_TEMPERATURE
) -> float | None:
    """Return the variance of `log_slope` over fresh samples of one prompt; None where there is no slope.

    The slope is a weighted sum of independent values, so the mean over these very prompts has the sum of their
    variances over the squared number of prompts.

    Args:
        temperatures: (k,) 0 or more.
        variances: (k,) estimated variance of each value, in the same order.
        least: Temperatures below are left out; above 0.

    References:
        A. M. Legendre (1805), as `log_slope`; the variance of a sum of independent terms.
    """
    x, variance = _on_axis(temperatures, variances, least)
    if len(set(x.tolist())) < 2:  # noqa: PLR2004 - a slope takes two points
        return None
    centred = x - x.mean()
    return float((centred * centred) @ variance / (centred @ centred) ** 2)


def mean_log_slope(blocks: Sequence[Block], *, least: float = LEAST_TEMPERATURE, level: float = 0.95) -> MeanSlope:
    """Return the mean slope over prompts with its interval, each prompt fitted by itself.

    Args:
        blocks: Temperatures and values of each prompt.
        least: Temperatures below are left out; above 0.
        level: In (0, 1).

    References:
        Student, "The Probable Error of a Mean", Biometrika 6(1), 1-25 (1908); one slope for each unit as in
        J. N. S. Matthews and others, "Analysis of Serial Measurements in Medical Research", BMJ 300, 230-235 (1990).
    """
    slopes = tuple(log_slope(x, y, least=least) for x, y in blocks)
    known = [each for each in slopes if each is not None]
    return MeanSlope(float(np.mean(known)) if known else None, slopes, mean_interval(known, level=level))


def _on_axis(
    temperatures: Sequence[float], values: Sequence[float], least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    kept = [(math.log(t), value) for t, value in zip(temperatures, values, strict=True) if t >= least]
    table = np.array(kept, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
