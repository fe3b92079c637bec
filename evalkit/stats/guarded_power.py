"""The chance that a difference is shown by the interval that is really made, with its guards.

Explained in docs/statistics.md, "How many samples?".
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from evalkit.stats.paired import Side, difference_on_these
from evalkit.stats.student import Ends

_MOST_SAMPLES = 1_000_000
_STEPS = 40


def power_of_interval(  # noqa: PLR0913 - what is compared, and by which interval
    delta: float,
    value: float,
    n_prompts: int,
    n: int,
    zeta1: float,
    *,
    bounds: Ends = (0.0, 1.0),
    pairs: bool = True,
    alpha: float = 0.05,
) -> float:
    """Return the chance that the interval of a difference excludes 0, of a bounded mean on the same prompts.

    The interval between bounds is wider than plus and minus so many standard errors where samples are few: it claims
    no more trials than there are pairs. So its half that faces 0 is taken as it is made from the variance that is
    expected, and the difference is taken to vary as it does.

    Args:
        delta: The difference as it is, in units of the metric; not 0.
        value: The metric on the side from which it is taken, strictly inside the bounds.
        n_prompts: Prompts.
        n: Samples of each prompt on each side, 2 or more.
        zeta1: Variance of a pair's mean given one of its samples; for a mean over samples a quarter of their variance.
        bounds: Least and greatest possible value, both finite.
        pairs: Whether it is a mean over pairs of samples, else over samples.
        alpha: Level of the two-sided test, in (0, 1).

    References:
        Definition by this project, from the interval of `evalkit.stats.paired.difference_on_these`; W. Hoeffding, "A
        Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical Statistics 19(3), 293-325
        (1948), for the variance 4 zeta1 / n.
    """
    other = min(max(value + delta, bounds[0]), bounds[1])
    after, before = (Side([v] * n_prompts, [4.0 * zeta1 / n] * n_prompts, [n] * n_prompts) for v in (other, value))
    rng = np.random.default_rng(0)
    found = difference_on_these(after, before, rng, bounds=bounds, level=1.0 - alpha, pairs=pairs)
    if found.ends is None:
        return 0.0
    half = found.value - found.ends[0] if found.value > 0.0 else found.ends[1] - found.value
    spread = math.sqrt(8.0 * zeta1 / (n * n_prompts))
    return float(special.ndtr((abs(delta) - half) / spread))


def least_n(power_at: Callable[[int], float], power: float) -> int | None:
    """Return the fewest samples, from 2 on, at which a power that grows with them is reached; None below a million.

    Args:
        power_at: Samples -> power.
        power: In (0, 1).

    References:
        Definition by this project: doubling, then halving.
    """
    high = 2
    while power_at(high) < power:
        high *= 2
        if high > _MOST_SAMPLES:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= power else (middle, high)
    return max(2, high)


def least_difference(power_of: Callable[[float], float], power: float, *, most: float) -> float:
    """Return the least difference at which a power that grows with it is reached, at most `most`.

    Args:
        power_of: Difference -> power.
        power: In (0, 1).
        most: Where the search ends.

    References:
        Definition by this project: halving.
    """
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    return high
