"""The interval of a difference, from the intervals of its two sides.

Explained in docs/statistics.md, "The difference of two conditions".
"""

from __future__ import annotations

import math

from evalkit.stats.student import Ends


def mover(first: float, first_ends: Ends, second: float, second_ends: Ends) -> Ends:
    """Return the interval of first minus second, for two independent values with intervals of one level.

    Each end takes from each side the half that faces it, so lopsided intervals near a bound stay lopsided, and
    two intervals with width never give one without.

    Args:
        first: The value from which is taken, inside its interval.
        first_ends: Its interval.
        second: The value that is taken away, inside its interval.
        second_ends: Its interval, at the same level. The two values may share no sample.

    References:
        G. Y. Zou, A. Donner, "Construction of Confidence Limits About Effect Measures: A General Approach",
        Statistics in Medicine 27(10), 1693-1702 (2008), equations 5 and 6 ("method of variance estimates recovery").
    """
    difference = first - second
    below = math.hypot(first - first_ends[0], second_ends[1] - second)
    above = math.hypot(first_ends[1] - first, second - second_ends[0])
    return difference - below, difference + above
