"""PASS, FAIL or INCONCLUSIVE: an interval held against a bound, and what would settle it.

Explained in docs/statistics.md, "Equal enough, and the three verdicts".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from evalkit.stats.student import Ends

SQUARE_ROOT = "half-width like 1/sqrt(n)"
"""How the samples needed were reckoned: with four times the samples an interval is half as long."""
LOGARITHM = "logarithm of the exact bound like 1/n"
"""How they were reckoned where everything agreed: the lower end is alpha to a power of 1/n."""


class Verdict(Enum):
    """What an interval says of a claim."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    """The whole interval bears the claim out."""
    FAIL = "FAIL"
    """The whole interval contradicts it."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """Neither: more samples may tell."""


@dataclass(frozen=True, slots=True)
class Needed:
    """How many samples (or prompts) would settle a claim, were the value to stay what it is."""

    n: int
    """About so many, more than there are."""
    law: str
    """What was assumed of the interval's length."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and what would settle it."""

    verdict: Verdict
    """The verdict."""
    needed: Needed | None
    """What would settle it; None when it is settled, or when no number would."""


def at_least(value: float, ends: Ends | None, bound: float, *, n: int) -> Decision:
    """Return whether a value is shown to be at least the bound, or to be below it.

    Args:
        value: The estimate.
        ends: Its interval; None, where there is none, is inconclusive.
        bound: What is claimed.
        n: Samples behind the value, or prompts where they are the unit.

    References:
        Definition by this project.
    """
    if ends is None:
        return Decision(Verdict.INCONCLUSIVE, None)
    if ends[0] >= bound:
        return Decision(Verdict.PASS, None)
    if ends[1] < bound:
        return Decision(Verdict.FAIL, None)
    return Decision(Verdict.INCONCLUSIVE, needed(value, ends, bound, n=n))


def at_most(value: float, ends: Ends | None, bound: float, *, n: int) -> Decision:
    """Return whether a value is shown to be at most the bound, or to be above it.

    Args:
        value: The estimate.
        ends: Its interval; None, where there is none, is inconclusive.
        bound: What is claimed.
        n: Samples behind the value, or prompts where they are the unit.

    References:
        Definition by this project.
    """
    mirrored = None if ends is None else (-ends[1], -ends[0])
    found = at_least(-value, mirrored, -bound, n=n)
    # The law of agreement holds on the scale of the value itself.
    again = needed(value, ends, bound, n=n) if found.needed and ends else None
    return Decision(found.verdict, again)


def within(value: float, ends: Ends | None, margins: Ends, *, n: int) -> Decision:
    """Return whether a value is shown to lie inside margins, or outside them.

    Args:
        value: The estimate, such as a difference.
        ends: Its interval; None, where there is none, is inconclusive.
        margins: The least and the greatest value that pass.
        n: Samples behind the value, or prompts where they are the unit.

    Returns:
        The decision; what is needed covers both margins where the value is inside, and the nearer one where it is
        outside.

    References:
        Definition by this project.
    """
    low, high = at_least(value, ends, margins[0], n=n), at_most(value, ends, margins[1], n=n)
    for each in (low, high):
        if each.verdict is Verdict.FAIL:
            return each
    if low.verdict is high.verdict is Verdict.PASS:
        return low
    if not margins[0] < value < margins[1]:
        outside = low if value <= margins[0] else high
        return Decision(Verdict.INCONCLUSIVE, outside.needed)
    open_ones = [each for each in (low, high) if each.verdict is Verdict.INCONCLUSIVE]
    found = [each.needed for each in open_ones if each.needed is not None]
    most = max(found, key=lambda each: each.n) if len(found) == len(open_ones) else None
    return Decision(Verdict.INCONCLUSIVE, most)


def needed(value: float, ends: Ends, bound: float, *, n: int) -> Needed | None:
    """Return about how many samples bring the bound outside the interval; None when the value sits on it.

    The half of the interval that faces the bound shrinks like 1/sqrt(n), so n grows by the square of half-width
    over distance. Where all samples agreed, value and upper end are both 1, say, and the lower end is alpha to a
    power of 1/n: then its logarithm shrinks like 1/n, which needs fewer. Both take the value to stay what it is.

    Args:
        value: The estimate.
        ends: Its interval, which holds the bound.
        bound: What is to be told from the value.
        n: Samples behind the value, or prompts where they are the unit; above 0.

    References:
        Definition by this project; the second law is the exact bound of J. A. Hanley, A. Lippman-Hand, "If Nothing
        Goes Wrong, Is Everything All Right?", Journal of the American Medical Association 249(13), 1743-1745 (1983).
    """
    if value == bound or not math.isfinite(value) or not math.isfinite(bound):
        return None
    if value == ends[1] == 1.0 and 0.0 < bound < 1.0 and 0.0 < ends[0] < 1.0:
        return _more(n, math.log(ends[0]) / math.log(bound), LOGARITHM)
    if value == ends[0] == 0.0 and 0.0 < bound < 1.0 and 0.0 < ends[1] < 1.0:
        return _more(n, math.log1p(-ends[1]) / math.log1p(-bound), LOGARITHM)
    half = ends[1] - value if bound > value else value - ends[0]
    ratio = half / (bound - value)
    return _more(n, ratio * ratio, SQUARE_ROOT)


def _more(n: int, factor: float, law: str) -> Needed | None:
    return Needed(max(n + 1, math.ceil(n * factor)), law) if math.isfinite(n * factor) else None
