"""Confidence sequences: intervals that may be looked at after every sample, so that sampling can stop early.

The chance that such a sequence ever misses the truth, at any of its looks, is at most one minus its level; a usual
interval looked at again and again misses far more often. Feed one value after the other, and stop whenever you like::

    sequence = BoundedSequence(level=0.95)
    for value in pair_rounds(matrices):
        if settled(sequence.add(value), threshold=0.9):
            break

Explained in docs/statistics.md, "Looking while sampling".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import optimize

from evalkit.stats.student import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST, _PRECISION = 1e-300, 1e-15
_PRIOR_MEAN, _PRIOR_VARIANCE = 0.5, 0.25  # what is believed of a stream in [0, 1] before its first value
_MOST_OF_CAPITAL = 0.5  # share of the capital that one bet may lose


class ConfidenceSequence(Protocol):
    """What takes a stream of values, one after the other, and always knows where their mean lies."""

    @property
    def ends(self) -> Ends | None:
        """The interval after what has come so far; None when no constant mean fits the stream any more."""

    def add(self, value: float) -> Ends | None:
        """Take the next value and return the interval after it."""


def beta_binomial_ends(successes: int, trials: int, *, level: float = 0.95) -> Ends:
    """Return the interval of a probability in a sequence of them, one after each trial, that is always right at once.

    It holds every probability under which the trials are not less likely, by a factor of 1 - level, than under a
    probability drawn uniformly. Both ends are roots of a concave function, left and right of the share.

    Args:
        successes: From 0 to `trials`.
        trials: 0 or more.
        level: In (0, 1).

    References:
        H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
        Statistics 41(5), 1397-1409 (1970), with a uniform mixture.
    """
    failures = trials - successes
    goal = math.lgamma(1 + successes) + math.lgamma(1 + failures) - math.lgamma(2 + trials) + math.log1p(-level)
    share = successes / trials if trials else 0.5

    def likely(chance: float) -> float:
        return _times_log(successes, chance) + _times_log(failures, 1.0 - chance) - goal

    def root(outside: float) -> float:
        # After very many trials the end lies nearer to the bound than numbers can tell.
        return outside if likely(outside) >= 0.0 else float(optimize.brentq(likely, outside, share, xtol=_PRECISION))

    low = 0.0 if successes == 0 else root(_LEAST)
    return low, 1.0 if failures == 0 else root(1.0 - _PRECISION)


class BinarySequence:
    """The confidence sequence of a probability, from a stream of 0 and 1.

    References:
        H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
        Statistics 41(5), 1397-1409 (1970).
    """

    def __init__(self, *, level: float = 0.95, intersect: bool = True) -> None:
        """Begin with nothing known.

        Args:
            level: Chance, at the least, that no interval misses; in (0, 1).
            intersect: Keep what earlier intervals have ruled out. It costs nothing, and ends only narrow.
        """
        self._level, self._intersect = level, intersect
        self._successes = self._trials = 0
        self._ends: Ends | None = (0.0, 1.0)

    @property
    def ends(self) -> Ends | None:
        """The interval after what has come so far; None when no constant probability fits the stream any more."""
        return self._ends

    def add(self, value: float) -> Ends | None:
        """Return the interval after one more value.

        Args:
            value: 0 or 1.

        Raises:
            ValueError: The value is neither.
        """
        if value not in (0, 1):
            raise ValueError(f"a stream of 0 and 1 got {value:g}")
        self._successes += int(value)
        self._trials += 1
        fresh = beta_binomial_ends(self._successes, self._trials, level=self._level)
        self._ends = _common(self._ends, fresh) if self._intersect else fresh
        return self._ends


class BoundedSequence:
    """The confidence sequence of the mean of a bounded stream, by bets against each mean that is possible.

    For each mean on a grid two gamblers bet that the stream's is above or below it. Were it the true one, neither
    could expect to win, so a mean against which the capital has grown by 1 / (1 - level) is ruled out. The interval
    reaches to the nearest means that are ruled out: the grid makes it wider by up to one step, never narrower.

    References:
        I. Waudby-Smith, A. Ramdas, "Estimating Means of Bounded Random Variables by Betting", Journal of the Royal
        Statistical Society B 86(1), 1-27 (2024), theorem 3, with its predictable plug-in bets.
    """

    def __init__(
        self, *, level: float = 0.95, bounds: Ends = (0.0, 1.0), intersect: bool = True, points: int = 1001
    ) -> None:
        """Begin with nothing known.

        Args:
            level: Chance, at the least, that no interval misses; in (0, 1).
            bounds: Least and greatest possible value, both finite.
            intersect: Keep what earlier intervals have ruled out. It costs nothing, and ends only narrow.
            points: Means on the grid, evenly spaced from bound to bound. Past some thousand values of little
                spread an interval may fit between two of a thousand points: take more then.
        """
        self._alpha, self._bounds, self._intersect = 1.0 - level, bounds, intersect
        self._means = np.linspace(0.0, 1.0, points)
        with np.errstate(divide="ignore"):
            self._most_up = _MOST_OF_CAPITAL / self._means
            self._most_down = _MOST_OF_CAPITAL / (1.0 - self._means)
        self._up, self._down = np.full(points, math.log(0.5)), np.full(points, math.log(0.5))
        self._n, self._sum, self._squares = 0, _PRIOR_MEAN, _PRIOR_VARIANCE
        self._ends: Ends | None = (0.0, 1.0)

    @property
    def ends(self) -> Ends | None:
        """The interval after what has come so far; None when no constant mean fits the stream any more."""
        if self._ends is None:
            return None
        low, span = self._bounds[0], self._bounds[1] - self._bounds[0]
        return low + self._ends[0] * span, low + self._ends[1] * span

    def add(self, value: float) -> Ends | None:
        """Return the interval after one more value.

        Args:
            value: Between the bounds.

        Raises:
            ValueError: The value is not between the bounds.
        """
        low, high = self._bounds
        if not low <= value <= high:
            raise ValueError(f"a stream in [{low:g}, {high:g}] got {value:g}")
        self._bet((value - low) / (high - low))
        fresh = self._accepted()
        self._ends = fresh if fresh is None or not self._intersect else _common(self._ends, fresh)
        return self.ends

    def _bet(self, x: float) -> None:
        # The stake is set before the value is seen: by the spread of the values before it.
        t = self._n + 1
        variance = self._squares / t
        stake = math.sqrt(2.0 * math.log(2.0 / self._alpha) / (variance * t * math.log1p(t)))
        self._up += np.log1p(np.minimum(stake, self._most_up) * (x - self._means))
        self._down += np.log1p(-np.minimum(stake, self._most_down) * (x - self._means))
        self._n, self._sum = t, self._sum + x
        self._squares += (x - self._sum / (t + 1)) ** 2

    def _accepted(self) -> Ends | None:
        inside = np.flatnonzero(np.maximum(self._up, self._down) < -math.log(self._alpha))
        if not len(inside):
            return None
        last = len(self._means) - 1
        return float(self._means[max(0, inside[0] - 1)]), float(self._means[min(last, inside[-1] + 1)])


def pair_rounds(matrices: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the stream that proves a mean over pairs: one disjoint pair of each prompt, averaged; shape (rounds,).

    Pairs that share no sample are independent and have the expected value of all pairs, so their stream keeps what a
    confidence sequence promises. Report the mean over all pairs as the value, for it is less noisy.

    Args:
        matrices: For each prompt the (n, n) values of pairs, in the order in which samples came. There are as many
            rounds as the prompt with the fewest samples has pairs: n // 2.

    References:
        W. Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", Journal of the American
        Statistical Association 58, 13-30 (1963), section 5, for disjoint pairs.
    """
    n_rounds = min((len(matrix) // 2 for matrix in matrices), default=0)
    pairs = [np.diagonal(np.asarray(m)[0 : 2 * n_rounds : 2, 1 : 2 * n_rounds : 2]) for m in matrices]
    return np.asarray(np.mean(pairs, axis=0), dtype=np.float64) if n_rounds else np.zeros(0)


def settled(ends: Ends | None, *, threshold: float | None = None, width: float | None = None) -> bool:
    """Return whether sampling may stop: the threshold is outside the interval, or the interval is narrow enough.

    Args:
        ends: What a confidence sequence gave; None, where no constant mean fits, settles too: more samples of a
            stream that drifts decide nothing.
        threshold: The value to be told from the mean; None when there is none.
        width: The width to be reached; None when there is none.

    References:
        S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, "Time-Uniform, Nonparametric, Nonasymptotic Confidence
        Sequences", Annals of Statistics 49(2), 1055-1080 (2021), for stopping at any time.
    """
    if ends is None:
        return True
    low, high = ends
    clear = threshold is not None and not low <= threshold <= high
    return clear or (width is not None and high - low < width)


def _times_log(count: int, chance: float) -> float:
    """Return the log of a chance to the power of a count."""
    return count * math.log(chance) if count else 0.0


def _common(before: Ends | None, fresh: Ends) -> Ends | None:
    """Return what two intervals share; None when that has no width."""
    if before is None:
        return None
    low, high = max(before[0], fresh[0]), min(before[1], fresh[1])
    return (low, high) if low < high else None
