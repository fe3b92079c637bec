"""How strongly an interval speaks for a claim of one side, so that many claims can be adjusted together.

Explained in docs/statistics.md, "Equal enough, and the three verdicts".
"""

from __future__ import annotations

import math
import sys

from evalkit.stats.equivalence import differs
from evalkit.stats.student import Ends

_LEAST = sys.float_info.min


def p_at_least(value: float, ends: Ends, bound: float, *, level: float, df: float = math.inf) -> float:
    """Return the p-value, in (0, 1], against the truth lying below a bound: small where it is shown to be at least it.

    It is to be held against 1 - level, whatever the interval: up to rounding it is at most that exactly when the lower
    end reaches the bound, as `verdict.at_least` decides. Farther from the end it is read as follows.

    - Where everything agreed (value and upper end are 1) the bound is one-sided and exact: alpha to the power of 1/k,
      with alpha = 1 - level, for k trials. The p-value is the bound to the power of k, the chance of such agreement.
    - Else the half of the interval that faces the bound is read as so many standard errors of its side. An interval of
      two sides leaves (1 - level) / 2 below it, so this is twice the p-value of one side.

    Args:
        value: The estimate, inside its interval or at one end of it.
        ends: The interval.
        bound: What is claimed.
        level: Level of the interval, in (0, 1).
        df: Degrees of freedom behind an interval that is Student's, above 0; infinite for all others.

    References:
        J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", Journal of the American
        Medical Association 249(13), 1743-1745 (1983), where everything agreed. G. Y. Zou, A. Donner, "Construction of
        Confidence Limits About Effect Measures", Statistics in Medicine 27(10), 1693-1702 (2008), for the standard
        errors of the two sides.
    """
    low, high = ends
    if value == high == 1.0 and 0.0 < low < 1.0:
        return _all_agreed(_log(bound), math.log(low), level)
    return _beyond(value - bound, (low - bound, high - bound), level, df)


def p_at_most(value: float, ends: Ends, bound: float, *, level: float, df: float = math.inf) -> float:
    """Return the p-value, in (0, 1], against the truth lying above a bound: small where it is shown to be at most it.

    It is that of `p_at_least` turned round; everything agreed where value and lower end are 0.

    Args:
        value: The estimate, inside its interval or at one end of it.
        ends: The interval.
        bound: What is claimed.
        level: Level of the interval, in (0, 1).
        df: Degrees of freedom behind an interval that is Student's, above 0; infinite for all others.

    References:
        As for `p_at_least`.
    """
    low, high = ends
    if value == low == 0.0 and 0.0 < high < 1.0:
        return _all_agreed(math.log1p(-bound) if bound < 1.0 else -math.inf, math.log1p(-high), level)
    return _beyond(bound - value, (bound - high, bound - low), level, df)


def _all_agreed(of_bound: float, of_end: float, level: float) -> float:
    """Return the p-value from logarithms: alpha to the power of their quotient."""
    return _whole(math.exp(math.log1p(-level) * of_bound / of_end))


def _beyond(distance: float, ends: Ends, level: float, df: float) -> float:
    """Return the p-value of a distance beyond the bound, from its interval."""
    if ends[0] == distance == 0.0:
        return _LEAST  # a claim that the range of the values makes true, such as "at most 1"
    return _whole(differs(distance, ends, level=level, df=df)) if distance > 0.0 else 1.0


def _log(number: float) -> float:
    return math.log(number) if number > 0.0 else -math.inf


def _whole(p_value: float) -> float:
    return min(1.0, max(_LEAST, p_value))
