"""The difference of two sides over their common prompts, with its interval and p-value, before any verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.nouns import Estimand, Measurement
from evalkit.stats.equivalence import differs, tost, tost_of_interval
from evalkit.stats.mover import mover
from evalkit.stats.paired import Side, difference_on_like_these, difference_on_these
from evalkit.stats.permutation import DRAWS, MOST_ARRANGEMENTS
from evalkit.stats.student import Ends

if TYPE_CHECKING:
    import numpy as np

PROMPTS, SAMPLES = "prompts", "samples of each prompt"
"""What more there can be of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one prompt gave on one side."""

    value: float
    """The value."""
    variance: float | None
    """Its variance over fresh samples; None when it is not known."""
    n_samples: int
    """Samples behind it."""
    ends: Ends | None = None
    """Its own interval; None when there is none."""
    size: int | None = None
    """Samples that would know as much in one cell, where it is a mean over several; None for `n_samples`."""


def known_of(m: Measurement) -> Known:
    """Return what a measurement that has a value gave."""
    ends = None if m.interval is None else (m.interval.low, m.interval.high)
    return Known(m.value or 0.0, m.variance, m.n_samples, ends)


@dataclass(frozen=True, slots=True)
class Scale:
    """What kind of value it is."""

    bounds: Ends
    """Least and greatest possible value."""
    pairs: bool = False
    """Whether it is a mean over pairs of samples."""
    level: float = 0.95
    """Level of the interval, in (0, 1)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Candidate minus baseline, and how well it is known."""

    value: float
    """The mean difference over prompts."""
    ends: Ends | None
    """Its interval; None where nothing valid is known."""
    p_value: float | None
    """Two-sided p-value that it is 0; None without a test."""
    least_p: float
    """The least p-value that so many prompts can give."""
    se: float
    """Its standard error where ends are those of t, else 0: read the ends."""
    df: float
    """Degrees of freedom behind the ends; infinite where they are exact."""
    estimand: Estimand
    """What interval and p-value speak of."""
    unit: str
    """What more there would have to be of, to know it better: `PROMPTS` or `SAMPLES`."""
    n_units: int
    """How many of those there are."""
    method: str
    """How interval and p-value were made."""

    def within(self, margin: float, *, level: float, alpha: float) -> bool:
        """Return whether two one-sided tests show that the difference lies inside ±margin."""
        if self.se > 0.0:
            return tost(self.value, self.se, self.df, margin=margin, alpha=alpha).shown
        if self.ends is None:
            return False
        return tost_of_interval(self.value, self.ends, level=level, margin=margin, alpha=alpha).shown


def difference(
    candidate: Sequence[Known],
    baseline: Sequence[Known],
    rng: np.random.Generator,
    *,
    scale: Scale,
    estimand: Estimand,
) -> Difference:
    """Return candidate minus baseline over the same prompts, at least one.

    For these prompts the variances within prompts are used, or each prompt's own interval; where neither is known and
    there are several prompts, the prompts' differences are the sample, and the estimand says so.

    Args:
        candidate: What each prompt gave.
        baseline: The same for the other side, prompts in the same order and samples of its own.
        rng: Draws signs where they are too many to count.
        scale: What kind of value it is.
        estimand: What is to be spoken of, where there are several prompts.
    """
    these = Estimand.THIS_PROMPT if len(candidate) == 1 else Estimand.THESE_PROMPTS
    if len(candidate) > 1 and estimand is Estimand.PROMPTS_LIKE_THESE:
        return _like_these(candidate, baseline, rng, scale)
    every = (*candidate, *baseline)
    own = all(each.ends is not None for each in every)
    varied = all(each.variance is not None and each.n_samples > 1 for each in every)
    if own and (len(candidate) == 1 or not varied):
        return _of_intervals(candidate, baseline, scale, these)
    if varied:
        return _of_variances(candidate, baseline, rng, scale, these)
    if len(candidate) > 1:
        return _like_these(candidate, baseline, rng, scale)
    value = candidate[0].value - baseline[0].value
    why = "none: one prompt, and how far fresh samples would move it is not known"
    return Difference(value, None, None, 0.0, 0.0, math.inf, these, PROMPTS, 1, why)


def _like_these(
    candidate: Sequence[Known], baseline: Sequence[Known], rng: np.random.Generator, scale: Scale
) -> Difference:
    first, second = ([each.value for each in side] for side in (candidate, baseline))
    found = difference_on_like_these(first, second, rng, bounds=scale.bounds, level=scale.level)
    exact = found.test.exact
    least = 2.0 ** (1 - len(first)) if exact else 1.0 / (DRAWS + 1)
    how = f"all {found.test.n_arrangements:,}" if exact else f"{found.test.n_arrangements:,} drawn"
    ends = "t interval over the prompts' differences" if found.se > 0.0 else "all prompts differ by the same"
    return Difference(
        found.value,
        found.ends,
        found.test.p_value,
        least,
        found.se if found.ends else 0.0,
        found.df,
        Estimand.PROMPTS_LIKE_THESE,
        PROMPTS,
        len(first),
        f"{ends}; signs of the differences flipped, {how}",
    )


def _of_variances(
    candidate: Sequence[Known], baseline: Sequence[Known], rng: np.random.Generator, scale: Scale, these: Estimand
) -> Difference:
    first, second = (
        Side([e.value for e in side], [e.variance or 0.0 for e in side], [e.size or e.n_samples for e in side])
        for side in (candidate, baseline)
    )
    found = difference_on_these(first, second, rng, bounds=scale.bounds, level=scale.level, pairs=scale.pairs)
    bounded = all(map(math.isfinite, scale.bounds))
    return Difference(
        found.value,
        found.ends,
        None if found.ends is None else differs(found.value, found.ends, level=scale.level, df=found.df),
        0.0,
        0.0 if bounded else found.se,
        found.df,
        these,
        SAMPLES,
        min(e.n_samples for e in (*candidate, *baseline)),
        ("MOVER of the two means" if bounded else "t interval") + " from the variances within prompts; p-value from it",
    )


def _of_intervals(candidate: Sequence[Known], baseline: Sequence[Known], scale: Scale, these: Estimand) -> Difference:
    """Return the difference from each prompt's own interval: halves add up as squares, then those of the two sides."""
    (first, first_ends), (second, second_ends) = (_mean_of(side) for side in (candidate, baseline))
    ends = mover(first, first_ends, second, second_ends)
    df = float(max(1, sum(each.n_samples - 1 for each in (*candidate, *baseline))))
    least = min(each.n_samples for each in (*candidate, *baseline))
    value = first - second
    if not ends[0] < ends[1]:
        return Difference(value, None, None, 0.0, 0.0, df, these, SAMPLES, least, "none: nothing varied")
    p_value = differs(value, ends, level=scale.level, df=df)
    method = "MOVER of the prompts' own intervals; p-value from it"
    return Difference(value, ends, p_value, 0.0, 0.0, df, these, SAMPLES, least, method)


def _mean_of(side: Sequence[Known]) -> tuple[float, Ends]:
    P = len(side)  # noqa: N806 - the number of prompts, as in stats
    value = math.fsum(each.value for each in side) / P
    below = math.hypot(*(each.value - each.ends[0] for each in side if each.ends)) / P
    above = math.hypot(*(each.ends[1] - each.value for each in side if each.ends)) / P
    return value, (value - below, value + above)


def fewest_prompts(n_tests: int, alpha: float) -> int:
    """Return the prompts below which no sign flip test among so many, adjusted by Holm, can fall below alpha."""
    most = math.floor(math.log2(MOST_ARRANGEMENTS))
    return next((n for n in range(1, most + 1) if n_tests * 2.0 ** (1 - n) <= alpha), most + 1)
