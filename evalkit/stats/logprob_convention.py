"""Whether reported log-probabilities are from before or after the temperature.

Explained in docs/statistics.md, "Effective temperature".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from evalkit.stats.student import quantile

Told = Mapping[str, float]
"""Log-probabilities that were reported at one place, by token."""

ABSENT = -1e3
"""Log-probabilities as low as this are marks of a token that was cut, and no probabilities."""
_ROUNDING = 1e-3
"""Reported values are never taken for more exact than this, in nats."""
_WHOLE = 1e-6


class Convention(Enum):
    """What temperature is in reported log-probabilities."""

    BEFORE = "before temperature"
    """That of 1, whatever is asked for."""
    AFTER = "after temperature"
    """The one that is asked for, or in proportion to it."""
    OTHER = "after another temperature"
    """Neither: one that is clamped, rescaled, or both at different temperatures."""
    UNKNOWN = "could not tell"
    """The values do not settle it."""


@dataclass(frozen=True, slots=True)
class Slope:
    """How log-odds at one temperature follow those at 1."""

    temperature: float
    """The temperature that was asked for."""
    value: float | None
    """Slope: 1 before temperature, 1/T after it; None where too little is reported."""
    se: float | None
    """Its standard error, above 0; None without a slope."""
    n_tokens: int
    """Tokens behind it."""
    n_repeats: int
    """Pairs of requests."""
    convention: Convention
    """What it says by itself."""

    @property
    def reported_at(self) -> float | None:
        """The temperature that is in the values, if 1 is in those asked for at 1; None without a slope above 0."""
        return 1.0 / self.value if self.value is not None and self.value > 0.0 else None


def slope(
    at_one: Sequence[Told], at_temperature: Sequence[Told], temperature: float, *, tolerance: float = 0.02
) -> Slope:
    """Return how log-odds at a temperature follow those at 1, at one place of one text, from repeated requests.

    It is the slope of a straight line through the tokens reported by all, with weights that fall with improbability:
    the square roots of the probabilities. The standard error is that of the mean over pairs of requests, or that of
    the line's own errors where this is larger.

    Args:
        at_one: What was reported with temperature 1, once for each request.
        at_temperature: The same at the temperature.
        temperature: Above 0 and not 1.
        tolerance: Share of the slope that is given away on either side, for rounding and for noise in the values at 1,
            which flattens slopes.

    References:
        A. M. Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", Firmin Didot (1805), for
        least squares; Student, "The Probable Error of a Mean", Biometrika 6(1), 1-25 (1908). The decision between the
        two conventions: definition by this project.
    """
    n = min(len(at_one), len(at_temperature))
    shared = [each for each in (*at_one, *at_temperature) if each]
    tokens = set.intersection(*map(_real, shared)) if n and len(shared) == len(at_one) + len(at_temperature) else set()
    if len(tokens) < 3:  # noqa: PLR2004 - a line with an error takes three
        return Slope(temperature, None, None, len(tokens), n, Convention.UNKNOWN)
    ordered = sorted(tokens)
    ones, others = (np.array([[told[t] for t in ordered] for told in side[:n]]) for side in (at_one, at_temperature))
    weights = np.exp(ones.mean(axis=0) / 2.0)
    weights /= weights.sum()
    x, y = ones - (ones @ weights)[:, None], others - (others @ weights)[:, None]
    mean, free = x.mean(axis=0), len(ordered) - 2
    spread = float(weights @ mean**2)
    if spread <= 0.0:
        return Slope(temperature, None, None, len(ordered), n, Convention.UNKNOWN)
    value = float((weights * mean) @ y.mean(axis=0) / spread)
    # By each pair of requests: its own values at 1, along the mean ones.
    slopes = (y * mean) @ weights / ((x * mean) @ weights)
    errors = (y.mean(axis=0) - value * mean) ** 2 * len(ordered) / max(free, 1)
    of_line = math.sqrt(float((weights * mean) ** 2 @ np.maximum(errors, _ROUNDING**2))) / spread
    of_repeats = float(slopes.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    half = max(quantile(0.95, max(free, 1)) * of_line, quantile(0.95, n - 1) * of_repeats if n > 1 else 0.0)
    says = _says(value, half, temperature, tolerance)
    return Slope(temperature, value, max(of_line, of_repeats), len(ordered), n, says)


def convention(slopes: Sequence[Slope]) -> Convention:
    """Return what all temperatures together say of reported log-probabilities.

    An endpoint that ignores the temperature reports the same values at all, which looks like `BEFORE`; what was
    sampled tells the two apart. Slopes say nothing of a factor that applies at 1, too.

    Args:
        slopes: At temperatures other than 1.

    References:
        Definition by this project.
    """
    told = {each.convention for each in slopes} - {Convention.UNKNOWN}
    if not told:
        return Convention.UNKNOWN
    return told.pop() if len(told) == 1 else Convention.OTHER


def cut_values(told: Sequence[Told]) -> bool:
    """Return whether reported values are from after a truncation: marked absent, or summing to 1 when others exist.

    Args:
        told: What was reported at places of one endpoint. Fewer tokens at some places than at others count as others
            that exist; a vocabulary that is reported whole everywhere is no truncation.

    References:
        Definition by this project.
    """
    if any(value <= ABSENT for each in told for value in each.values()):
        return True
    most = max(map(len, told), default=0)
    vocabulary = {token for each in told for token in each}
    whole = [each for each in told if each and abs(sum(map(math.exp, each.values())) - 1.0) < _WHOLE]
    return any(len(each) < most or len(vocabulary) > len(each) for each in whole if max(each.values()) < -_WHOLE)


def _real(told: Told) -> set[str]:
    return {token for token, value in told.items() if math.isfinite(value) and value > ABSENT}


def _says(value: float, half: float, temperature: float, tolerance: float) -> Convention:
    """Return what a slope says, whose interval goes so far to either side; only one of the two may lie inside."""
    after = 1.0 / temperature
    is_before, is_after = (abs(value - at) <= half + tolerance * at for at in (1.0, after))
    if is_before and is_after:
        return Convention.UNKNOWN
    if is_before or is_after:
        return Convention.BEFORE if is_before else Convention.AFTER
    return Convention.OTHER
