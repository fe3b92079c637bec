"""What an endpoint does to the temperatures it is asked for: nothing, one for all, a factor, a ceiling, or two lines.

Explained in docs/statistics.md, "Effective temperature".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import optimize, special

from evalkit.stats.effective_temperature import EffectiveTemperature

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_KNOTTED = 5
"""Temperatures from which on two lines are fitted: they have three parameters."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Fit:
    """A map from the temperature that is asked for to the one that is applied."""

    name: str
    """``identity``, ``constant``, ``rescaled``, ``clamped`` or ``two lines``."""
    parameters: tuple[float, ...]
    """None; the constant; the factor; the ceiling; first slope, knot and second slope."""
    misfit: float
    """Sum of squared differences of logarithms in standard errors, 0 or more."""
    bic: float
    """Misfit plus a price for each parameter: the least is the best."""

    def __call__(self, temperature: float) -> float:
        """Return the temperature that is applied when one is asked for."""
        return float(_curve(self.name, self.parameters, np.array([temperature]))[0])


@dataclass(frozen=True, slots=True)
class TemperatureMap:
    """The map that fits best, and whether the identity is excluded."""

    best: Fit | None
    """The map; None where no two temperatures have an estimate, or all of them are open."""
    reason: str | None
    """Why there is none; None when there is one."""
    fits: tuple[Fit, ...]
    """All that were tried, the best first."""
    p_value: float | None
    """That the identity is the map, in [0, 1]: the least of likelihood-ratio tests against each other map, times their
    number. None without estimates."""
    left_out: tuple[float, ...]
    """Temperatures of 0, and those without an estimate."""


Observed: TypeAlias = tuple[float, EffectiveTemperature]
"""The temperature that was asked for, and what was found."""


def temperature_map(observed: Sequence[Observed], *, n: int | None = None, alpha: float = 0.05) -> TemperatureMap:
    """Return what an endpoint does to temperatures, chosen by the information criterion of Bayes.

    The identity stands unless it is excluded; then the map with the least criterion is chosen. Differences are those
    of logarithms, in standard errors.

    Args:
        observed: Temperatures and estimates.
        n: Independent observations behind all of them, for the price of a parameter; by default the tokens.
        alpha: Level at which the identity is excluded, in (0, 1).

    References:
        G. Schwarz, "Estimating the Dimension of a Model", Annals of Statistics 6(2), 461-464 (1978); S. S. Wilks, "The
        Large-Sample Distribution of the Likelihood Ratio for Testing Composite Hypotheses", Annals of Mathematical
        Statistics 9(1), 60-62 (1938). The family of maps and the precedence of the identity: definition by this
        project.
    """
    known = [(t, found) for t, found in observed if t > 0.0 and found.value is not None and found.se_log is not None]
    left_out = tuple(t for t, found in observed if t <= 0.0 or found.value is None)
    if len({t for t, _ in known}) < 2:  # noqa: PLR2004 - a map of one temperature is any map
        return TemperatureMap(None, _why(observed, left_out), (), None, left_out)
    known.sort(key=lambda pair: pair[0])
    x = np.array([t for t, _ in known])
    y = np.log([found.value for _, found in known if found.value is not None])
    se = np.array([found.se_log for _, found in known], dtype=np.float64)
    price = math.log(max(2, n if n is not None else sum(found.n for _, found in known)))
    fits = [_made(name, parameters, x, y, se, price) for name, parameters in _candidates(x, y, se)]
    return choose(fits, left_out, alpha)


def choose(fits: Sequence[Fit], left_out: tuple[float, ...], alpha: float) -> TemperatureMap:
    """Return the chosen one of some maps, the identity first: it stands unless it is excluded.

    Args:
        fits: The identity, then others with their best parameters.
        left_out: Temperatures that have no part in them.
        alpha: Level at which the identity is excluded, in (0, 1).

    References:
        As `temperature_map`.
    """
    same, others = fits[0], fits[1:]
    tests = [float(special.chdtrc(len(f.parameters), max(0.0, same.misfit - f.misfit))) for f in others]
    p_value = min(1.0, len(others) * min(tests))
    ordered = sorted(fits, key=lambda fit: (fit.bic, len(fit.parameters)))
    if p_value >= alpha:
        ordered = [same, *(fit for fit in ordered if fit is not same)]
    elif ordered[0] is same:
        ordered = [*ordered[1:], same]
    return TemperatureMap(ordered[0], None, tuple(ordered), p_value, left_out)


def _why(observed: Sequence[Observed], left_out: Sequence[float]) -> str:
    found = [each for t, each in observed if t > 0.0]
    ends = [each.ends for each in found if each.value is None and each.ends is not None]
    if ends and len(ends) == len(found) and all(low == 0.0 for low, _ in ends):
        return f"the likeliest token came up at every temperature: below {max(high for _, high in ends):.3g} throughout"
    return f"it takes estimates at two temperatures above 0; {len(left_out)} of {len(observed)} have none"


def _curve(name: str, parameters: Sequence[float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    if name == "identity":
        return x
    if name == "constant":
        return np.full_like(x, parameters[0])
    if name == "rescaled":
        return parameters[0] * x
    if name == "clamped":
        return np.minimum(x, parameters[0])
    first, knot, second = parameters
    line: NDArray[np.float64] = first * np.minimum(x, knot) + second * np.maximum(x - knot, 0.0)
    return line


def _misfit(
    name: str, parameters: Sequence[float], x: NDArray[np.float64], y: NDArray[np.float64], se: NDArray[np.float64]
) -> float:
    return float((((y - np.log(_curve(name, parameters, x))) / se) ** 2).sum())


def _made(
    name: str,
    parameters: tuple[float, ...],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    se: NDArray[np.float64],
    price: float,
) -> Fit:
    misfit = _misfit(name, parameters, x, y, se)
    return Fit(name, parameters, misfit, misfit + price * len(parameters))


def _candidates(
    x: NDArray[np.float64], y: NDArray[np.float64], se: NDArray[np.float64]
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield every map with its best parameters, the identity first."""
    weights = 1.0 / (se * se)
    yield "identity", ()
    yield "constant", (math.exp(float(np.average(y, weights=weights))),)
    yield "rescaled", (math.exp(float(np.average(y - np.log(x), weights=weights))),)
    ceilings = [(low, high) for low, high in pairwise(sorted({*x.tolist()})) if low < high]

    def of_ceiling(c: float) -> float:
        return _misfit("clamped", (c,), x, y, se)

    best = [_clamp(low, high, x, y, weights) for low, high in ceilings]
    yield "clamped", (min(best, key=of_ceiling),)
    if len({*x.tolist()}) >= _LEAST_KNOTTED:
        yield "two lines", _two_lines(x, y, se)


def _clamp(
    low: float, high: float, x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Return the best ceiling between two temperatures: the mean above it, kept between them."""
    above = x > low + _TIE
    mean = math.exp(float(np.average(y[above], weights=weights[above])))
    return min(max(mean, low), high)


def _two_lines(x: NDArray[np.float64], y: NDArray[np.float64], se: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return slope, knot and slope of the best two lines; the knot is a temperature or half-way between two."""
    distinct = sorted({*x.tolist()})
    knots = [*distinct[1:-1], *((a + b) / 2.0 for a, b in pairwise(distinct[1:-1]))]

    def errors(knot: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        return lambda logs: (y - np.log(_curve("two lines", (math.exp(logs[0]), knot, math.exp(logs[1])), x))) / se

    found = []
    start = np.array([float(np.mean(y - np.log(x)))] * 2)
    for knot in knots:
        fitted = optimize.least_squares(errors(knot), start, bounds=(-8.0, 8.0))
        found.append((2.0 * float(fitted.cost), knot, fitted.x))
    _, knot, logs = min(found, key=lambda each: each[:2])
    return math.exp(float(logs[0])), knot, math.exp(float(logs[1]))
