"""What tokens that no list of the likeliest holds say of the temperature: how often they should come up at least.

Explained in docs/statistics.md, "Is what is reported what is sampled?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-4
"""Mass that rounded values may miss of 1."""
_FURTHEST = 40.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A place where a token was sampled, and the likeliest ones that were listed."""

    logprobs: Sequence[float]
    """(k,) natural logarithms."""
    inside: bool
    """Whether the sampled token was listed."""


class Unlisted:
    """How far short of the least possible the tokens fall that no list holds.

    Those of a place have what is missing of 1, and none is likelier than the least one listed. At a higher temperature
    they have at least the share of as many as that makes of its kind; at a lower one at most.
    """

    def __init__(self, places: Sequence[Listed]) -> None:
        """Keep the places whose lists leave something out."""
        rest = [1.0 - sum(map(math.exp, place.logprobs)) - _ROUNDING for place in places]
        kept = [(place, mass) for place, mass in zip(places, rest, strict=True) if mass > 0.0]
        k = max((len(place.logprobs) for place, _ in kept), default=0)
        self._logs = np.full((len(kept), k), -np.inf)
        for i, (place, _) in enumerate(kept):
            self._logs[i, : len(place.logprobs)] = place.logprobs
        self._rest = np.log([mass for _, mass in kept])
        self._least = np.array([min(place.logprobs) for place, _ in kept])
        self._outside = np.array([not place.inside for place, _ in kept], dtype=np.bool_)

    @property
    def n_outside(self) -> int:
        """How many sampled tokens were not listed."""
        return int(self._outside.sum())

    def lost(self, b: float) -> float:
        """Return the log-likelihood that is lost at an exponent, as no more or less of them came up; 0 or more."""
        n, out = len(self._rest), self.n_outside
        if n == 0 or b == 1.0:
            return 0.0
        top = self._logs.max(axis=1)
        listed = b * top + np.log(np.exp(b * (self._logs - top[:, None])).sum(axis=1))
        odds = self._rest + (b - 1.0) * self._least - listed

        def expected(log: float) -> float:
            return float(special.expit(odds + log).sum())

        # As many as there are, or more at a higher temperature: fewer cost. At a lower one the other way round.
        if (expected(0.0) <= out) if b < 1.0 else (expected(0.0) >= out):
            return 0.0
        as_bound = self._log_likelihood(odds)
        if out in {0, n}:
            return -as_bound
        best = optimize.brentq(lambda log: expected(log) - out, -_FURTHEST - odds.max(), _FURTHEST - odds.min())
        return max(0.0, self._log_likelihood(odds + float(best)) - as_bound)

    def _log_likelihood(self, odds: NDArray[np.float64]) -> float:
        return float(-np.logaddexp(0.0, np.where(self._outside, -odds, odds)).sum())
