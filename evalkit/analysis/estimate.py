"""The mean over prompts at one temperature: how well it is known for prompts like these, and for these very ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.analysis.comparable import refusal
from evalkit.analysis.measure import clipped
from evalkit.nouns import Estimand, Estimate, Form, Interval, Measurement, Metric
from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_interval, clopper_pearson, even_trials
from evalkit.stats.several_prompts import these_prompts
from evalkit.stats.student import Ends, mean_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-12


def estimate(
    metric: Metric,
    measurements: Sequence[Measurement],
    *,
    usual: int | None,
    level: float = 0.95,
    estimand: Estimand = Estimand.PROMPTS_LIKE_THESE,
) -> Estimate:
    """Return the mean over the prompts that have a value, each with equal weight, with its interval.

    Args:
        metric: What was measured.
        measurements: One for each prompt, all at one temperature.
        usual: Number of samples behind the curve's values; those of a metric that drifts with it count at this one
            only, and a point without any is refused, with the way on as its reason.
        level: Level of the intervals, in (0, 1).
        estimand: What the interval is to speak of, where there are several prompts.
    """
    known = [m for m in measurements if m.value is not None]
    usable = [m for m in known if not metric.depends_on_n or m.n_samples == usual]
    values = np.array([m.value for m in usable], dtype=np.float64)
    these = _of_these(metric, usable, values, level) if len(usable) > 1 else None
    ends: Ends | None
    if len(usable) > 1:
        ends, method, spoken = _over_prompts(metric, values, [_trials(metric, m.n_samples) for m in usable], level)
        if estimand is Estimand.THESE_PROMPTS:
            ends, spoken = these, Estimand.THESE_PROMPTS
            method = _THESE if these else "none: how far fresh samples of these prompts would move it is not known"
    elif usable:
        own = usable[0].interval
        ends = None if own is None else (own.low, own.high)
        method, spoken = f"one prompt: {usable[0].method}", Estimand.THIS_PROMPT
    else:
        ends, method, spoken = None, "none: there is no value", estimand
    return Estimate(
        value=float(values[0] if len(usable) == 1 or np.ptp(values) == 0.0 else values.mean()) if usable else None,
        interval=_interval(ends, level),
        n_prompts=len(usable),
        n_samples=sum(m.n_samples for m in usable),
        method=method,
        undefined=None if usable else _why(metric, measurements, usual),
        unit=metric.unit,
        estimand=spoken,
        these=_interval(these, level),
    )


_THESE = "samples of these prompts: variance within prompts, Satterthwaite's degrees of freedom"


def _over_prompts(
    metric: Metric, values: NDArray[np.float64], trials: Sequence[int], level: float
) -> tuple[Ends | None, str, Estimand]:
    """Return the ends of the interval for a mean over prompts, how they were made, and what they speak of."""
    bounds, n, like = metric.bounds, len(values), Estimand.PROMPTS_LIKE_THESE
    if np.ptp(values) <= _ROUNDING * max(1.0, float(np.abs(values).max())):
        ends = _all_equal(metric, float(values[0]), trials, level)
        if ends is not None:
            return ends, "exact bound for these prompts: every trial gave the same value", Estimand.THESE_PROMPTS
        # Each prompt is a trial, too: whatever its value, so many of the kind gave the same one.
        ends = all_equal_interval(float(values[0]), n, bounds=bounds, level=level)
        if ends is not None:
            return ends, f"exact bound over {n} prompts: all gave the same value", like
        return None, "none: all prompts give the same value, and nothing is known of their spread", like
    if metric.form is Form.SET and bounds == (0.0, 1.0) and bool(np.isin(values, bounds).all()):
        return clopper_pearson(float(values.sum()), n, level=level), f"Clopper-Pearson interval over {n} prompts", like
    if all(map(math.isfinite, bounds)):
        variance = float(values.var(ddof=1)) / n
        ends = bounded_interval(float(values.mean()), variance, n - 1, bounds=bounds, level=level)
        return ends, f"Jeffreys interval at the effective number of trials, from the spread over {n} prompts", like
    return clipped(mean_interval(values, level=level), bounds), f"t interval over {n} prompts", like


def _of_these(metric: Metric, usable: Sequence[Measurement], values: NDArray[np.float64], level: float) -> Ends | None:
    """Return the ends for these prompts; None where the variance within one of them is not known."""
    variances = [m.variance for m in usable if m.variance is not None]
    if metric.form is Form.SET or len(variances) < len(usable):
        return None
    sizes = [m.n_samples for m in usable]
    pairs = metric.form is Form.PAIR
    return these_prompts(values.tolist(), variances, sizes, bounds=metric.bounds, level=level, pairs=pairs).ends


def _trials(metric: Metric, n_samples: int) -> int:
    """Return how many independent trials a cell holds: groups of samples that share none, as large as a term takes."""
    return n_samples // metric.order if metric.order else 0


def _all_equal(metric: Metric, value: float, trials: Sequence[int], level: float) -> Ends | None:
    """Return the exact bound for a mean whose every trial came out at one end of its range, else None."""
    if not all(trials) or value not in metric.bounds:
        return None
    # Only at an end of the range does an equal mean say that all it was made of is equal.
    return all_equal_interval(value, even_trials(trials, 1.0 - level), bounds=metric.bounds, level=level)


def _why(metric: Metric, measurements: Sequence[Measurement], usual: int | None) -> str:
    sizes = [m.n_samples for m in measurements if m.value is not None]
    if sizes and usual is not None:
        return refusal(metric, sizes, usual)
    reasons = Counter(m.undefined or "there is no value" for m in measurements if m.value is None)
    return reasons.most_common(1)[0][0] if reasons else "there is no value"


def _interval(ends: Ends | None, level: float) -> Interval | None:
    return None if ends is None else Interval(low=ends[0], high=ends[1], level=level)
