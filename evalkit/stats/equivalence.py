"""Whether a difference is shown to be small: absence of proof is no proof of absence.

Explained in docs/statistics.md, "Equal enough, and the three verdicts".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from evalkit.stats.student import Ends, quantile


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What two one-sided tests gave, or one of them."""

    p_below: float
    """p-value against the difference lying at or below the lower margin; 0 where no such margin was asked for."""
    p_above: float
    """p-value against the difference lying at or above the upper margin; 0 where no such margin was asked for."""
    p_value: float
    """The greater of the two."""
    shown: bool
    """Whether it is small enough: the difference is shown to lie inside the margins."""


def tost(difference: float, se: float, df: float, *, margin: float, alpha: float = 0.05) -> Equivalence:
    """Return the two one-sided tests that a difference lies inside ±margin.

    Shown exactly when the t interval at level 1 - 2 alpha lies inside the margins.

    Args:
        difference: The estimate.
        se: Its standard error, above 0: where nothing varied, ask `tost_of_interval` of an interval that has width.
        df: Degrees of freedom of the standard error, above 0; infinite for the normal.
        margin: The greatest difference that does not matter, above 0.
        alpha: Chance of calling equivalent what is not, in (0, 0.5).

    Raises:
        ValueError: The standard error is not above 0.

    References:
        D. J. Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach for Assessing the
        Equivalence of Average Bioavailability", Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680
        (1987).
    """
    return _decided(_tail(difference + margin, se, df), _tail(margin - difference, se, df), alpha)


def non_inferior(difference: float, se: float, df: float, *, margin: float, alpha: float = 0.05) -> Equivalence:
    """Return the one-sided test that a difference did not fall by the margin or more.

    Args:
        difference: The estimate of new minus old, where more is better.
        se: Its standard error, above 0.
        df: Degrees of freedom of the standard error, above 0.
        margin: The greatest loss that does not matter, above 0.
        alpha: Chance of passing what is inferior, in (0, 0.5).

    Raises:
        ValueError: The standard error is not above 0.

    References:
        G. Piaggio and others, "Reporting of Noninferiority and Equivalence Randomized Trials", JAMA 308(24),
        2594-2604 (2012).
    """
    return _decided(_tail(difference + margin, se, df), 0.0, alpha)


def tost_of_interval(
    difference: float, ends: Ends, *, level: float, margin: float, alpha: float = 0.05, lower_only: bool = False
) -> Equivalence:
    """Return the tests that a difference lies inside ±margin, from an interval that may be lopsided.

    Each half of the interval is read as so many standard errors of its own side. At level 1 - 2 alpha the answer is
    exactly whether the interval lies inside the margins; at another level the halves are scaled by the normal.

    Args:
        difference: The estimate, strictly inside its interval or at one end of it.
        ends: The interval, with width.
        level: Its level, in (0, 1).
        margin: The greatest difference that does not matter, above 0.
        alpha: Chance of being wrong, in (0, 0.5).
        lower_only: Whether only a fall matters: non-inferiority.

    References:
        D. J. Schuirmann (1987), for the tests; for the standard errors of the two sides G. Y. Zou, A. Donner,
        "Construction of Confidence Limits About Effect Measures", Statistics in Medicine 27(10), 1693-1702 (2008).
    """
    z = quantile(level, math.inf)
    below = _side(difference + margin, (difference - ends[0]) / z)
    above = 0.0 if lower_only else _side(margin - difference, (ends[1] - difference) / z)
    return _decided(below, above, alpha)


def differs(difference: float, ends: Ends, *, level: float, df: float = math.inf) -> float:
    """Return the two-sided p-value that a difference is 0, from an interval that may be lopsided; in (0, 1].

    The half of the interval that faces 0 is read as so many standard errors, by t with the degrees of freedom of the
    interval: the p-value is at most 1 - level exactly when the interval leaves 0 out.

    Args:
        difference: The estimate, inside its interval.
        ends: The interval, with width.
        level: Its level, in (0, 1).
        df: Degrees of freedom behind the interval, above 0; infinite for the normal.

    References:
        Definition by this project, from G. Y. Zou, A. Donner, "Construction of Confidence Limits About Effect
        Measures", Statistics in Medicine 27(10), 1693-1702 (2008), for the standard errors of the two sides.
    """
    if difference == 0.0:
        return 1.0
    half = difference - ends[0] if difference > 0.0 else ends[1] - difference
    return min(1.0, 2.0 * _side_of(abs(difference), half / quantile(level, df), df))


def _side_of(distance: float, se: float, df: float) -> float:
    return _tail(distance, se, df) if se > 0.0 else float(distance < 0.0)


def _side(distance: float, se: float) -> float:
    """Return the one-sided p-value; a side without width is decided by the sign, as its end is."""
    return _side_of(distance, se, math.inf)


def _tail(distance: float, se: float, df: float) -> float:
    if not se > 0.0:
        raise ValueError("a test needs a standard error above 0")
    return float(special.stdtr(df, -distance / se) if math.isfinite(df) else special.ndtr(-distance / se))


def _decided(below: float, above: float, alpha: float) -> Equivalence:
    p_value = max(below, above)
    return Equivalence(below, above, p_value, p_value <= alpha)
