"""The temperature at which tokens were sampled, from the log-probabilities that were reported for them.

Explained in docs/statistics.md, "Effective temperature".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from evalkit.stats.student import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST, MOST = 1e-3, 1e3
"""Exponents that are searched; where the likelihood still rises or already falls, there is no maximum."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place where a token was sampled."""

    logprobs: Sequence[float]
    """(k,) reported log-probabilities of different tokens there, natural, the sampled one's among them; tokens that
    can not come up may be minus infinity."""
    sampled: int
    """Place of the sampled token in them."""


@dataclass(frozen=True, slots=True)
class EffectiveTemperature:
    """The temperature at which tokens were sampled, and how well it is known."""

    value: float | None
    """Above 0; None where the likelihood has no maximum."""
    reason: str | None
    """Why there is no value; None when there is one."""
    ends: Ends | None
    """The interval, from the likelihood ratio: from 0 where no low temperature is excluded, infinite where no high
    one is. None where nothing is known."""
    se_log: float | None
    """Standard error of its logarithm, about the relative error; None without a value."""
    n: int
    """Tokens behind it: those that had an alternative."""
    information: float
    """Sum of the varentropies of the places at this temperature, in squared nats; 1 over the square root of it is the
    standard error of the logarithm. 0 without a value."""

    def needed(self, relative_error: float = 0.05) -> int | None:
        """Return about how many such tokens give a standard error of this share; None without a value."""
        if self.information <= 0.0:
            return None
        return math.ceil(self.n / (self.information * relative_error * relative_error))


@dataclass(frozen=True, slots=True)
class TruncationGap:
    """The temperature from all tokens against that from those which truncation leaves alone."""

    plain: EffectiveTemperature
    """From all reported tokens: too low where unlikely ones are never sampled."""
    core: EffectiveTemperature
    """From tokens that no usual truncation drops."""
    log_ratio: float | None
    """Logarithm of core over plain: above 0 where unlikely tokens are missing; None where one has no value."""
    p_value: float | None
    """In (0, 1), one-sided: that nothing is cut; None where it can not be told."""


class Likelihood:
    """Log-likelihood of an exponent b on reported probabilities: tokens come up in proportion to p to the power of b.

    It is concave in b. Given that the sampled token is among those reported, it is exact whatever else there was: the
    odds of two tokens do not hang on the others.
    """

    def __init__(self, logs: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
        """Keep logs (n, k), minus infinity where there is no token, and how often each was sampled (n, k)."""
        kept = (np.isfinite(logs).sum(axis=1) > 1) & (counts.sum(axis=1) > 0.0)
        self.there = np.isfinite(logs[kept])
        # Relative to the likeliest, so that no power of it overflows or vanishes.
        top = np.where(self.there, logs[kept], -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
        self.logs = np.where(self.there, logs[kept] - top, 0.0)
        self.counts = counts[kept]
        self.trials = self.counts.sum(axis=1)
        self.sampled = float((self.counts * self.logs).sum())

    @cached_property
    def n(self) -> int:
        """Tokens that had an alternative."""
        return round(float(self.trials.sum()))

    @cached_property
    def most_even(self) -> float:
        """Log-likelihood where all reported tokens are equally likely."""
        return self.at(0.0)

    @cached_property
    def most_certain(self) -> float:
        """Log-likelihood where the likeliest token always comes up; minus infinity where it did not."""
        if self.sampled < 0.0:
            return -math.inf
        ties = ((self.logs == 0.0) & self.there).sum(axis=1)
        return -float((self.trials * np.log(ties)).sum())

    def shares(self, b: float) -> NDArray[np.float64]:
        """Return (n, k) probabilities at an exponent."""
        raised = np.where(self.there, np.exp(b * self.logs), 0.0)
        shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def at(self, b: float) -> float:
        """Return the log-likelihood at an exponent."""
        sums = np.where(self.there, np.exp(b * self.logs), 0.0).sum(axis=1)
        return b * self.sampled - float(self.trials @ np.log(sums))

    def score(self, b: float) -> float:
        """Return its slope in b, which falls with b."""
        return self.sampled - float(self.trials @ (self.shares(b) * self.logs).sum(axis=1))

    def information(self, b: float) -> float:
        """Return the Fisher information on b: the sum of the variances of the reported log-probabilities."""
        shares = self.shares(b)
        means = (shares * self.logs).sum(axis=1)
        return float(self.trials @ ((shares * self.logs**2).sum(axis=1) - means**2))


def from_logprobs(
    positions: Sequence[Position], *, reported_at: float = 1.0, level: float = 0.95
) -> EffectiveTemperature:
    """Return the temperature at which tokens were sampled, by maximum likelihood.

    Places of all answers count alike, for each is conditioned on what came before it. Leave out a place whose sampled
    token was not reported; those with one token tell nothing, and are not counted.

    Args:
        positions: Reported log-probabilities, and which token was sampled.
        reported_at: The temperature that is in the reported values already: 1 where they are from before the
            temperature was applied, else the temperature they were made at.
        level: Of the interval, in (0, 1).

    References:
        D. McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", Frontiers in Econometrics, 105-142
        (1974), for the likelihood and its independence of alternatives that are left out; S. S. Wilks, "The
        Large-Sample Distribution of the Likelihood Ratio for Testing Composite Hypotheses", Annals of Mathematical
        Statistics 9(1), 60-62 (1938), for the interval.
    """
    return maximum(Likelihood(*_tables(positions)), reported_at=reported_at, level=level)


def from_known(
    logprobs: Sequence[Sequence[float]],
    counts: Sequence[Sequence[int]],
    *,
    reported_at: float = 1.0,
    level: float = 0.95,
) -> EffectiveTemperature:
    """Return the temperature of counted tokens whose probabilities at another temperature are known.

    It takes half of the samples that two unknown arms take, and has no bias of few samples.

    Args:
        logprobs: Of each question's tokens, natural; they need not sum to 1, and no token may be a merged rest.
        counts: How often each was sampled.
        reported_at: The temperature at which the probabilities are known.
        level: Of the interval, in (0, 1).

    References:
        D. McFadden (1974) and S. S. Wilks (1938), as `from_logprobs`.
    """
    k = max(map(len, logprobs), default=0)
    logs, table = np.full((len(logprobs), k), -np.inf), np.zeros((len(logprobs), k))
    for i, (of_question, seen) in enumerate(zip(logprobs, counts, strict=True)):
        logs[i, : len(of_question)] = of_question
        table[i, : len(seen)] = seen
    return maximum(Likelihood(logs, table), reported_at=reported_at, level=level)


def truncation_gap(
    positions: Sequence[Position],
    *,
    reported_at: float = 1.0,
    core_mass: float = 0.5,
    core_rank: int = 2,
    level: float = 0.95,
) -> TruncationGap:
    """Return the temperature from all tokens and from those that no usual truncation drops, and whether they disagree.

    The core of a place is its likeliest tokens, as many as the least top-k may keep, and of them those whose likelier
    ones have less mass than the least nucleus, at the estimated temperature and at 1: whatever is cut, before or after
    the temperature, the core stays, and so do its odds. Places with a core of one token tell nothing. The test holds
    the score of the core's likelihood at the temperature from all tokens against its variance there.

    Args:
        positions: Reported log-probabilities, and which token was sampled.
        reported_at: The temperature that is in the reported values already.
        core_mass: The least top-p that is thought of, in (0, 1].
        core_rank: The least top-k that is thought of, 2 or more.
        level: Of the intervals, in (0, 1).

    References:
        C. R. Rao, "Large Sample Tests of Statistical Hypotheses Concerning Several Parameters with Applications to
        Problems of Estimation", Mathematical Proceedings of the Cambridge Philosophical Society 44(1), 50-57 (1948),
        for the score test; J. A. Hausman, "Specification Tests in Econometrics", Econometrica 46(6), 1251-1271 (1978),
        for holding an efficient estimate against a robust one; the core: definition by this project.
    """
    logs, counts = _tables(positions)
    every = Likelihood(logs, counts)
    plain = maximum(every, reported_at=reported_at, level=level)
    if plain.value is None:
        return TruncationGap(plain, _nothing("the temperature from all tokens has no value"), None, None)
    b = reported_at / plain.value
    inner = _core(every, max(b, reported_at), core_mass, core_rank)
    few = Likelihood(np.where(inner, every.logs, -np.inf), np.where(inner, every.counts, 0.0))
    core = maximum(few, reported_at=reported_at, level=level)
    if few.n == 0:
        return TruncationGap(plain, core, None, None)
    theirs, all_ = few.information(b), every.information(b)
    variance = theirs * (1.0 - theirs / all_)
    p_value = float(special.ndtr(few.score(b) / math.sqrt(variance))) if variance > 0.0 else None
    return TruncationGap(plain, core, math.log(core.value / plain.value) if core.value else None, p_value)


def _core(every: Likelihood, b: float, mass: float, rank: int) -> NDArray[np.bool_]:
    """Return which tokens (n, k) no truncation of at least this mass and rank drops, at an exponent."""
    shares = every.shares(b)
    order = np.argsort(np.where(every.there, -every.logs, np.inf), axis=1, kind="stable")
    ranked = np.take_along_axis(shares, order, axis=1)
    inner = (np.cumsum(ranked, axis=1) - ranked < mass) & (np.arange(shares.shape[1]) < rank)
    found: NDArray[np.bool_] = np.zeros(every.there.shape, dtype=np.bool_)
    np.put_along_axis(found, order, inner & np.take_along_axis(every.there, order, axis=1), axis=1)
    return found


def maximum(likelihood: Likelihood, *, reported_at: float = 1.0, level: float = 0.95) -> EffectiveTemperature:
    """Return the temperature with the greatest likelihood, with its interval; open where no maximum is.

    Args:
        likelihood: Of the exponent.
        reported_at: The temperature at which the exponent is 1.
        level: Of the interval, in (0, 1).

    References:
        S. S. Wilks (1938), as `from_logprobs`.
    """
    if likelihood.n == 0:
        return _nothing("no token was sampled that had a reported alternative")
    b = _root(likelihood.score)
    best = likelihood.most_certain if math.isinf(b) else likelihood.most_even if b == 0.0 else likelihood.at(b)
    drop = best - float(special.chdtri(1, 1.0 - level)) / 2.0
    ends = _ends(likelihood, b, drop)
    low, high = (0.0 if math.isinf(end) else reported_at / end if end > 0.0 else math.inf for end in ends[::-1])
    if math.isinf(b):
        said = f"below {high:.3g}: every sampled token was the likeliest"
        return EffectiveTemperature(None, said, (low, high), None, likelihood.n, 0.0)
    if b == 0.0:
        said = f"above {low:.3g}: unlikely tokens were sampled as often as likely ones"
        return EffectiveTemperature(None, said, (low, high), None, likelihood.n, 0.0)
    information = b * b * likelihood.information(b)
    return EffectiveTemperature(
        reported_at / b, None, (low, high), 1.0 / math.sqrt(information), likelihood.n, information
    )


def _ends(likelihood: Likelihood, b: float, drop: float) -> Ends:
    """Return the exponents at which the log-likelihood has fallen so far; 0 or infinite where it never does."""
    inside = min(max(b, LEAST), MOST)
    low, high = 0.0, math.inf
    if b > 0.0 and likelihood.most_even < drop:
        low = float(optimize.brentq(lambda x: likelihood.at(x) - drop, 0.0, inside))
    if not math.isinf(b) and likelihood.most_certain < drop:
        beyond = 2.0 * inside
        while likelihood.at(beyond) >= drop and beyond < MOST:
            beyond *= 2.0
        if likelihood.at(beyond) < drop:
            high = float(optimize.brentq(lambda x: likelihood.at(x) - drop, inside, beyond))
    return low, high


def _root(falling: Callable[[float], float]) -> float:
    """Return where a falling function of an exponent is 0; 0 or infinite where that is outside what is searched."""
    if falling(LEAST) <= 0.0:
        return 0.0
    return math.inf if falling(MOST) >= 0.0 else float(optimize.brentq(falling, LEAST, MOST))


def _tables(positions: Sequence[Position]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    k = max((len(position.logprobs) for position in positions), default=0)
    logs, counts = np.full((len(positions), k), -np.inf), np.zeros((len(positions), k))
    for i, position in enumerate(positions):
        logs[i, : len(position.logprobs)] = position.logprobs
        counts[i, position.sampled] = 1.0
    return logs, counts


def _nothing(reason: str) -> EffectiveTemperature:
    return EffectiveTemperature(None, reason, None, None, 0, 0.0)
