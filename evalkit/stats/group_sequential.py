"""Stopping at one of a few looks: the level each look takes, and how many samples the next one needs.

Explained in docs/statistics.md, "Stopping at a look".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.proportion import all_equal_lower
from evalkit.stats.several_prompts import these_prompts
from evalkit.stats.student import Ends

_LEAST_SPREAD = 0.02
"""Variance that is reckoned with at the least, of a metric from 0 to 1: answers that happen to be alike at a look must
not end the sampling. Four times a zeta1 of 0.005."""
_SHARE_OF_LARGEST = 0.05
"""The same for metrics without bounds, as a share of the largest."""
_LEAST_SHARE = 0.5
"""Samples of a prompt, as a share of those of the most variable one, below which none is left behind: what seems to
vary little at a look was often lucky, and a mean over prompts misses what such a one hides."""
_MARGIN, _LAST_MARGIN = 1.1, 1.25
"""What a variance may turn out to be, over what a look saw; where no look is left to mend it."""
_LEAST_GROWTH, _USUAL_GROWTH = 1.25, 2.5
"""Growth from look to look: with less a look is wasted; with more, samples are, for variances of few are uncertain."""
_CLEAR = 0.8
"""Share of a distance that half an interval may have for its side to be clear, most likely."""
POWERED = 0.7
"""Share of a distance that half an interval may have for its side to be found with a chance of 0.8: 1.96 of 2.8."""
_HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look saw of a mean over prompts."""

    values: tuple[float, ...]
    """(P,) the value of each prompt."""
    variances: tuple[float, ...]
    """(P,) variance of each value over fresh samples of its prompt."""
    sizes: tuple[int, ...]
    """(P,) samples behind each, at least 2."""
    bounds: Ends
    """Least and greatest possible value."""
    pairs: bool
    """Whether a value is a mean over pairs of samples, else over samples."""

    def half_at(self, sizes: Sequence[int], level: float, *, margin: float = 1.0) -> float:
        """Return half the width of the interval that so many samples would give; infinite where there would be none.

        Args:
            sizes: (P,) samples of each prompt, at least 2.
            level: In (0, 1).
            margin: What variances are multiplied with.

        References:
            Definition by this project, from the interval of `evalkit.stats.several_prompts.these_prompts`.
        """
        ends = self.ends_at(sizes, level, margin=margin)
        return math.inf if ends is None else (ends[1] - ends[0]) / 2.0

    def ends_at(self, sizes: Sequence[int], level: float, *, margin: float = 1.0) -> Ends | None:
        """Return the interval that so many samples would give, were the values to stay as they are; None for none.

        Args:
            sizes: (P,) samples of each prompt, at least 2.
            level: In (0, 1).
            margin: What variances are multiplied with.

        References:
            As `half_at`.
        """
        variances = (margin * self.spreads() / np.asarray(sizes, dtype=np.float64)).tolist()
        ends = these_prompts(self.values, variances, sizes, bounds=self.bounds, level=level, pairs=self.pairs).ends
        return None if ends is None else no_nearer(ends, sizes, bounds=self.bounds, level=level, pairs=self.pairs)

    def is_enough(self, ends: Ends | None, aim: float, against: float | None, *, clear: float) -> bool:
        """Return whether an interval is as narrow as it should be, or lies on one side of a value.

        Args:
            ends: The interval; None for none.
            aim: Half the width to be reached; 0 where none is asked for.
            against: The value to be excluded; None where none is.
            clear: Share of the distance to that value which the interval may reach over at the most, in (0, 1]: the
                mean will not stay where it is, unless nothing varied; 1 for all of it.

        References:
            Definition by this project.
        """
        if ends is None:
            return False
        if (ends[1] - ends[0]) / 2.0 <= aim:
            return True
        if against is None:
            return False
        value = float(np.mean(self.values))
        left = (1.0 - clear) * abs(value - against) if any(self.variances) else 0.0
        return ends[0] > against + left if value > against else ends[1] < against - left

    def spreads(self, *, least: float = 0.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return (P,) variances of one sample's share, and no less than `least` of the metric's range squared."""
        found = np.asarray(self.variances, dtype=np.float64) * np.asarray(self.sizes, dtype=np.float64)
        span = self.bounds[1] - self.bounds[0]
        floor = least * span * span if math.isfinite(span) else _SHARE_OF_LARGEST * found.max() if least else 0.0
        return np.asarray(np.maximum(found, floor), dtype=np.float64)


def level_at_a_look(level: float, looks: int) -> float:
    """Return the level of each look's interval under which all of them hold together with at least a given level.

    Estimates at several looks are jointly normal, nearly, and however they hang together their intervals hold at once
    at least as often as if they were independent: so each look may take the root of the level. It does not matter when
    the looks are, nor what they decide, as long as how many there may be is told before the first.

    Args:
        level: Of all looks together, in (0, 1).
        looks: Most looks, 1 or more.

    References:
        Z. Šidák, "Rectangular Confidence Regions for the Means of Multivariate Normal Distributions", Journal of the
        American Statistical Association 62(318), 626-633 (1967), theorem 1.
        C. Jennison, B. W. Turnbull, "Interim Analyses: The Repeated Confidence Interval Approach", Journal of the Royal
        Statistical Society B 51(3), 305-361 (1989), for intervals at every look.
    """
    return float(level ** (1.0 / looks))


def no_nearer(ends: Ends, sizes: Sequence[int], *, bounds: Ends, level: float, pairs: bool) -> Ends:
    """Return ends that are no nearer to a bound than those of samples that are all alike would be.

    Of answers that are rare, the first to come up may differ little from the usual one: a variance from those alone
    would let the interval end far short of where it ends when none has come up at all.

    Args:
        ends: An interval for the mean over two or more prompts.
        sizes: (P,) samples of each prompt.
        bounds: Least and greatest possible value.
        level: Of the interval, in (0, 1).
        pairs: Whether a value is a mean over pairs of samples, else over samples.

    References:
        Definition by this project, from the exact bound of Hanley and Lippman-Hand (1983).
    """
    span = bounds[1] - bounds[0]
    if not math.isfinite(span) or len(sizes) == 1:
        return ends
    trials = sum((size - 1) / 2.0 if pairs else size for size in sizes)
    other = (1.0 - all_equal_lower(trials, (1.0 - level) / 2.0)) * span
    return min(ends[0], bounds[1] - other), max(ends[1], bounds[0] + other)


def next_sizes(
    seen: Seen, aim: float, *, most: int, level: float, looks_left: int, against: float | None = None
) -> tuple[int, ...]:
    """Return the samples of each prompt for the next look, towards an interval that is narrow enough at the least cost.

    Each prompt gets samples in proportion to its standard deviation, which is where they narrow the mean most, never
    fewer than it has, nor than half of what the most variable one gets. Where a look is far from the end, the next one
    goes a part of the way, what few samples tell of a variance being uncertain; or all of it, where nothing varied.

    Args:
        seen: What the look saw.
        aim: Half the width to be reached; 0 where only a side is asked for.
        most: Most samples of a prompt.
        level: Level of the interval at the next look, in (0, 1).
        looks_left: Looks that may follow, 1 or more.
        against: A value which the interval may as well exclude; None for no such.

    Returns:
        (P,) from the sizes that were seen up to `most`; a quarter more all in all, where `most` allows it.

    References:
        J. Neyman, "On the Two Different Aspects of the Representative Method", Journal of the Royal Statistical Society
        97(4), 558-625 (1934), section III, for the proportions.
        Definition by this project, for the search.
    """
    now = np.asarray(seen.sizes, dtype=np.float64)
    shares = np.sqrt(seen.spreads(least=_LEAST_SPREAD))
    shares = np.maximum(shares / shares.max(), _LEAST_SHARE) if shares.max() > 0.0 else np.ones(len(now))

    margin = _MARGIN if looks_left > 1 else _LAST_MARGIN

    def at(scale: float) -> tuple[int, ...]:
        return tuple(np.maximum(now, np.ceil(np.minimum(most, scale * shares))).astype(int).tolist())

    def enough(scale: float) -> bool:
        wanted = at(scale)
        grown = sum(wanted) >= min(_LEAST_GROWTH * now.sum(), most * len(now))
        return grown and seen.is_enough(seen.ends_at(wanted, level, margin=margin), aim, against, clear=_CLEAR)

    low, high = 0.0, most / float(shares.min())
    if enough(high):
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            low, high = (low, middle) if enough(middle) else (middle, high)
    # Nothing varied yet: fewer will hardly do, whatever else comes up.
    return _part_of_the_way(seen.sizes, at(high), looks_left) if any(seen.variances) else at(high)


def _part_of_the_way(now: Sequence[int], end: Sequence[int], looks_left: int) -> tuple[int, ...]:
    growth = sum(end) / sum(now)
    step = max(_USUAL_GROWTH, growth ** (1.0 / looks_left))
    if growth <= step:
        return tuple(end)
    share = (step - 1.0) / (growth - 1.0)
    return tuple(a + math.ceil((b - a) * share) for a, b in zip(now, end, strict=True))


def n_fixed(seen: Seen, aim: float, *, level: float, against: float | None = None, most: int = 1_000_000) -> int | None:
    """Return the samples of each prompt with which a plan without looks is expected to get an interval so narrow.

    Or to find the side of a value with a chance of 0.8.

    Args:
        seen: What is known of the metric, from any number of samples.
        aim: Half the width to be reached; 0 where only a side is asked for.
        level: Level of the interval, in (0, 1).
        against: A value which the interval may as well exclude; None for no such.
        most: Where the search ends.

    Returns:
        From 2 on; None above `most`.

    References:
        Definition by this project: halving, over the interval that is really made.
    """
    P = len(seen.values)

    def enough(n: int) -> bool:
        return seen.is_enough(seen.ends_at([n] * P, level), aim, against, clear=POWERED)

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > most:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def expected_sizes(
    seen: Seen, aim: float, *, first: int, looks: int, most: int, level: float, against: float | None = None
) -> tuple[tuple[int, ...], int]:
    """Return the samples of each prompt at which looks are expected to end, and how many looks that takes.

    Args:
        seen: What is known of the metric, from any number of samples.
        aim: Half the width to be reached, above 0.
        first: Samples of each prompt at the first look, 2 or more.
        looks: Most looks, 1 or more.
        most: Most samples of a prompt, `first` or more.
        level: Level of the interval at a look, in (0, 1).
        against: A value which the interval may as well exclude; None for no such.

    References:
        Definition by this project: the looks as they would be, were each to see the variances that are known.
    """
    sizes = (first,) * len(seen.values)
    for look in range(1, looks + 1):
        now = replace(seen, variances=tuple((seen.spreads() / np.asarray(sizes)).tolist()), sizes=sizes)
        enough = now.is_enough(now.ends_at(sizes, level), aim, against, clear=1.0)
        if look == looks or enough or min(sizes) >= most:
            return sizes, look
        sizes = next_sizes(now, aim, most=most, level=level, looks_left=looks - look, against=against)
    return sizes, looks
