"""The difference of two conditions on the same prompts.

Explained in docs/statistics.md, "The difference of two conditions".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.mover import mover
from evalkit.stats.permutation import PermutationTest, sign_flip
from evalkit.stats.proportion import all_equal_interval
from evalkit.stats.several_prompts import UNIT, satterthwaite, these_prompts
from evalkit.stats.student import Ends, mean_interval, quantile


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean over prompts of first minus second, and how well it is known."""

    value: float
    """The mean difference."""
    se: float
    """Its standard error; 0 where nothing varied, which is not certainty: see the interval."""
    df: float
    """Degrees of freedom of the standard error; infinite where it is 0."""
    ends: Ends | None
    """The interval; None where nothing valid is known, never without width."""
    test: PermutationTest
    """Sign-flip test that no prompt tells the two conditions apart."""


@dataclass(frozen=True, slots=True)
class Side:
    """One condition: a value of each prompt, and how well it is known."""

    values: Sequence[float]
    """(P,) in the order of the prompts."""
    variances: Sequence[float]
    """(P,) estimated variance of each value over fresh samples of its prompt."""
    sizes: Sequence[int]
    """(P,) samples behind each value, at least 2."""


def difference_on_these(
    first: Side,
    second: Side,
    rng: np.random.Generator,
    *,
    bounds: Ends = UNIT,
    level: float = 0.95,
    pairs: bool = True,
) -> PairedDifference:
    """Return first minus second as known for these very prompts: only their samples are left to chance.

    Between finite bounds the ends are recovered from the intervals of the two means: they keep their width where all
    samples agree, and away from the bounds they are those of t. Without finite bounds they are t quantiles.

    Args:
        first: The condition from which is taken.
        second: The condition that is taken away, its prompts in the same order and its samples its own.
        rng: Draws signs where they are too many to count.
        bounds: Least and greatest possible value of either side.
        level: In (0, 1).
        pairs: Whether a value is a mean over pairs of samples, else over samples.

    References:
        G. Y. Zou, A. Donner, "Construction of Confidence Limits About Effect Measures: A General Approach",
        Statistics in Medicine 27(10), 1693-1702 (2008); F. E. Satterthwaite, "An Approximate Distribution of
        Estimates of Variance Components", Biometrics Bulletin 2(6), 110-114 (1946).
    """
    a, b = (
        these_prompts(side.values, side.variances, side.sizes, bounds=bounds, level=level, pairs=pairs)
        for side in (first, second)
    )
    value, se = a.value - b.value, math.hypot(a.se, b.se)
    df = satterthwaite((*first.variances, *second.variances), [n - 1.0 for n in (*first.sizes, *second.sizes)])
    if all(map(math.isfinite, bounds)) and a.ends and b.ends:
        ends: Ends | None = mover(a.value, a.ends, b.value, b.ends)
    else:
        half = quantile(level, df) * se
        ends = (value - half, value + half) if value - half < value + half else None
    return PairedDifference(value, se, df, ends, sign_flip(_differences(first.values, second.values), rng))


def difference_on_like_these(
    first: Sequence[float],
    second: Sequence[float],
    rng: np.random.Generator,
    *,
    bounds: Ends = UNIT,
    level: float = 0.95,
) -> PairedDifference:
    """Return first minus second as known for prompts like these: the prompts' differences are the sample.

    The ends are t quantiles over the differences. Where all differences are equal, the exact bound for so many
    independent trials as there are prompts stands in.

    Args:
        first: (P,) values of one condition, P at least 2.
        second: (P,) values of the other, its prompts in the same order.
        rng: Draws signs where they are too many to count.
        bounds: Least and greatest possible value of either side.
        level: In (0, 1).

    References:
        Student, "The Probable Error of a Mean", Biometrika 6(1), 1-25 (1908).
        R. A. Fisher, "The Design of Experiments", Oliver & Boyd (1935), section 21, for the test.
    """
    differences = _differences(first, second)
    P, test = len(differences), sign_flip(differences, rng)
    ends = mean_interval(differences, level=level)
    span = bounds[1] - bounds[0]
    if ends is None:
        equal = all_equal_interval(differences[0], P, bounds=(-span, span), level=level)
        return PairedDifference(differences[0], 0.0, math.inf, equal, test)
    se = float(np.std(differences, ddof=1)) / math.sqrt(P)
    return PairedDifference(float(np.mean(differences)), se, P - 1, (max(ends[0], -span), min(ends[1], span)), test)


def _differences(first: Sequence[float], second: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(first, second, strict=True)]
