"""The mean over prompts: how well it is known for these prompts, and for prompts like these.

Explained in docs/statistics.md, "A point of the curve: prompts are the unit".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_interval, clopper_pearson, even_trials
from evalkit.stats.student import Ends, quantile

UNIT: Ends = (0.0, 1.0)
FEW_SAMPLES = 8
"""Below, a prompt's estimated variance is often 0 by luck, and must not be weighed against another's."""
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class MeanOverPrompts:
    """A mean over prompts, each with equal weight, and how well it is known."""

    value: float
    """The mean."""
    se: float
    """Its standard error; 0 where nothing varied, which is not certainty: see the interval."""
    df: float
    """Degrees of freedom of the standard error; infinite where it is 0."""
    ends: Ends | None
    """The interval; None where nothing valid is known, never without width."""


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Where the spread of prompts' values comes from."""

    between: float
    """Variance of the prompts' true values, 0 or more."""
    within: float
    """Mean variance of a prompt's value over fresh samples."""


def variance_components(values: Sequence[float], variances: Sequence[float]) -> VarianceComponents:
    """Return what of the spread lies between prompts and what within; the first is cut off at 0.

    Args:
        values: (P,) one for each prompt, P at least 2.
        variances: (P,) estimated variance of each value over fresh samples of its prompt.

    References:
        S. R. Searle, G. Casella, C. E. McCulloch, "Variance Components", Wiley (1992), chapter 3, the estimator from
        the analysis of variance.
    """
    within = float(np.mean(variances))
    return VarianceComponents(max(0.0, float(np.var(values, ddof=1)) - within), within)


def satterthwaite(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """Return the degrees of freedom of a sum of independent estimated variances; infinite when all are 0.

    Args:
        variances: (m,) the terms of the sum, 0 or more.
        dfs: (m,) degrees of freedom of each, above 0.

    References:
        F. E. Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics Bulletin
        2(6), 110-114 (1946).
    """
    terms, total = np.asarray(variances, dtype=np.float64), float(np.sum(variances))
    if total <= 0.0:
        return math.inf
    shares = terms / total  # before squaring, so that small variances do not vanish
    return 1.0 / float((shares * shares / np.asarray(dfs, dtype=np.float64)).sum())


def these_prompts(
    values: Sequence[float],
    variances: Sequence[float],
    sizes: Sequence[int],
    *,
    bounds: Ends = UNIT,
    level: float = 0.95,
    pairs: bool = True,
) -> MeanOverPrompts:
    """Return the mean over prompts as known for these very prompts: only their samples are left to chance.

    Between finite bounds the ends are those of Clopper and Pearson at the effective number of trials, and no more
    trials than there are pairs (or samples). Where no prompt's samples vary, the disjoint pairs (or samples) are
    the trials; where prompts have unequal numbers of them, they count for as many as would tell as much if spread
    evenly. Where prompts have unequal numbers of samples and one has few, pooled variances miss what that one
    hides: then each prompt gets an interval of its own, and their halves add up as squares. Without finite bounds
    the ends are t quantiles, and without variance there are none. For one prompt alone see `pair_interval`, which
    also guards against answers in two groups of nearly equal size.

    Args:
        values: (P,) one for each prompt, P at least 1.
        variances: (P,) estimated variance of each value over fresh samples of its prompt, such as the jackknife's.
        sizes: (P,) samples behind each value, at least 2.
        bounds: Least and greatest possible value.
        level: In (0, 1).
        pairs: Whether a value is a mean over pairs of samples, else over samples.

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for effective trials; F. E.
        Satterthwaite (1946) for the degrees of freedom; G. Y. Zou, A. Donner (2008), equation 5, for a sum of halves.
        Together: definition by this project.
    """
    P, n = len(values), np.asarray(sizes, dtype=np.float64)
    value = _mean(values)
    variance = float(np.sum(variances)) / (P * P)
    zero = _is_zero(variance, bounds)
    df = math.inf if zero else satterthwaite(variances, (n - 1.0).tolist())
    most = float((n * (n - 1.0) / 2.0 if pairs else n).sum())
    ends: Ends | None
    if float(n.min()) < FEW_SAMPLES and np.ptp(n) > 0.0 and all(map(math.isfinite, bounds)):
        ends = _recovered(values, variances, sizes, bounds, level, pairs=pairs)
    elif zero:
        trials = even_trials(((n - 1.0) / 2.0 if pairs else n).tolist(), (1.0 - level) / 2.0)
        ends = _ends_at(value, trials, bounds, level)
    else:
        ends = _ends(value, variance, df, bounds, level, most)
    return MeanOverPrompts(value, 0.0 if zero else math.sqrt(variance), df, ends)


def prompts_like_these(
    values: Sequence[float], *, bounds: Ends = UNIT, level: float = 0.95, most_trials: float | None = None
) -> MeanOverPrompts:
    """Return the mean over prompts as known for prompts like these: they are a sample themselves.

    The spread of the values already contains the chance of their samples, so no other variance is added. Where
    all values are equal, the exact bound for so many independent trials as there are prompts stands in.

    Args:
        values: (P,) one for each prompt, P at least 2.
        bounds: Least and greatest possible value.
        level: In (0, 1).
        most_trials: Pairs (or samples) there are over all prompts: then the ends are those of Clopper and Pearson,
            which claim no more trials than that; without it they are Jeffreys's, nearer to the level.

    References:
        E. Miller, "Adding Error Bars to Evals: A Statistical Approach to Language Model Evaluations", arXiv
        2411.00640 (2024), section 2.2, for the prompt as the unit; E. L. Korn, B. I. Graubard (1998) for effective
        trials. Together: definition by this project.
    """
    P, value = len(values), _mean(values)
    variance = float(np.var(values, ddof=1)) / P
    if _is_zero(variance, bounds):
        return MeanOverPrompts(value, 0.0, math.inf, all_equal_interval(value, P, bounds=bounds, level=level))
    ends = _ends(value, variance, P - 1, bounds, level, most_trials)
    return MeanOverPrompts(value, math.sqrt(variance), P - 1, ends)


def _mean(values: Sequence[float]) -> float:
    return float(values[0] if np.ptp(values) == 0.0 else np.mean(values))


def _is_zero(variance: float, bounds: Ends) -> bool:
    span = bounds[1] - bounds[0]
    return variance <= (_ROUNDING * span * span if math.isfinite(span) else 0.0)


def _ends_at(value: float, trials: float, bounds: Ends, level: float) -> Ends | None:
    """Return the exact ends for a mean of so many trials, between bounds that are finite."""
    low, span = bounds[0], bounds[1] - bounds[0]
    if not math.isfinite(span):
        return None
    ends = clopper_pearson(min(1.0, max(0.0, (value - low) / span)) * trials, trials, level=level)
    return low + span * ends[0], low + span * ends[1]


def _recovered(
    values: Sequence[float],
    variances: Sequence[float],
    sizes: Sequence[int],
    bounds: Ends,
    level: float,
    *,
    pairs: bool,
) -> Ends:
    """Return the ends of the mean from an interval of each prompt: halves add up as squares."""
    below = above = 0.0
    for value, variance, n in zip(values, variances, sizes, strict=True):
        alone = these_prompts([value], [variance], [n], bounds=bounds, level=level, pairs=pairs).ends or bounds
        below, above = math.hypot(below, value - alone[0]), math.hypot(above, alone[1] - value)
    P, mean = len(values), _mean(values)
    return max(bounds[0], mean - below / P), min(bounds[1], mean + above / P)


def _ends(
    value: float, variance: float, df: float, bounds: Ends, level: float, most_trials: float | None
) -> Ends | None:
    if all(map(math.isfinite, bounds)):
        return bounded_interval(value, variance, df, bounds=bounds, level=level, most_trials=most_trials)
    half = quantile(level, df) * math.sqrt(variance)
    low, high = max(bounds[0], value - half), min(bounds[1], value + half)
    return (low, high) if low < high else None
