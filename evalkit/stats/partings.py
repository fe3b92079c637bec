"""Where sequences of one source part, and what is true of those places: a mean over pairs that part.

Explained in docs/statistics.md, "What the next token could have been".
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_interval
from evalkit.stats.student import Ends

END = ""
"""Stands for the end of a sequence that ended by itself."""
_ROUNDING = 1e-20
_FEWEST = 5
"""Sequences that have to part from others before the spread over them is a guide."""


@dataclass(frozen=True, slots=True)
class Sequenced:
    """One sequence, and a value at each of its places."""

    steps: tuple[str, ...]
    """What was taken at each place; `END` last where it ended by itself, nothing where it was cut."""
    values: tuple[float | None, ...]
    """What is true of each place; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Partings:
    """A mean over the pairs of sequences that part, of the value of the place at which they do."""

    mean: float | None
    """The mean; None where none part at a place whose value is known."""
    n_pairs: int
    """Pairs that part at such a place."""
    left_out: tuple[float, ...]
    """The mean without each sequence in turn; empty where without one of them none part."""
    n_parting: int
    """Sequences that the fewer go with at some parting: those that tell how the mean may vary."""

    def interval_of_share(self, level: float) -> Ends | None:
        """Return the interval of the mean where values are 0 or 1; None where too few sequences part.

        Beta ends at the number of trials that the delete-one jackknife's variance is worth; where all values are the
        same, the exact bound at the number of pairs that share no sequence. A mean of other values has none: a rare
        parting with a large value weighs much, and a few sequences hold none of it.

        Args:
            level: In (0, 1).

        References:
            J. W. Tukey, "Bias and Confidence in Not-Quite Large Samples", Annals of Mathematical Statistics 29(2), 614
            (1958), for the variance. The trials where it is 0: definition by this project.
        """
        n = len(self.left_out)
        if self.mean is None or self.n_parting < _FEWEST or not n:
            return None
        variance = (n - 1) * float(np.var(self.left_out))
        if variance <= _ROUNDING:
            return all_equal_interval(self.mean, min(n // 2, self.n_parting), bounds=(0.0, 1.0), level=level)
        return bounded_interval(self.mean, variance, n - 1, bounds=(0.0, 1.0), level=level)


def partings(sequences: Sequence[Sequenced]) -> Partings:
    """Return the mean over pairs that part, of the value at the first place at which the two differ.

    What came before that place is the same for both, so its value is a property of the source. Where several
    sequences come to one place, the mean of their values there is taken. Pairs that are the same, or of which one was
    cut before they part, do not count.

    Args:
        sequences: (n,) sequences of one source, in any order.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for means over pairs. The ratio of two of them: definition by this project.
    """
    n = len(sequences)
    total, weight, n_parting = 0.0, 0, 0
    totals, weights = [0.0] * n, [0] * n
    stack = [(list(range(n)), 0)]
    while stack:
        group, place = stack.pop()
        ways: defaultdict[str, list[int]] = defaultdict(list)
        for each in group:
            if place < len(sequences[each].steps):
                ways[sequences[each].steps[place]].append(each)
        present = [each for some in ways.values() for each in some]
        value = _mean([v for each in present if (v := _value(sequences[each], place)) is not None])
        if len(ways) > 1 and value is not None:
            m = len(present)
            pairs = (m * m - sum(len(some) ** 2 for some in ways.values())) // 2
            total, weight = total + pairs * value, weight + pairs
            n_parting += m - max(map(len, ways.values()))
            for some in ways.values():
                for each in some:
                    totals[each] += (m - len(some)) * value
                    weights[each] += m - len(some)
        stack += [(some, place + 1) for step, some in ways.items() if len(some) > 1 and step != END]
    left_out = (
        () if weight in weights else tuple((total - t) / (weight - w) for t, w in zip(totals, weights, strict=True))
    )
    return Partings(total / weight if weight else None, weight, left_out, n_parting)


def _value(sequence: Sequenced, place: int) -> float | None:
    return sequence.values[place] if place < len(sequence.values) else None


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
