"""A question, asked over and over: what a fixed plan takes for it, and what a sequential one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from economy.laws import Law, suite_of
from economy.questions import Question
from economy.sampling import LEVEL, Ended, at_once, in_looks
from evalkit.nouns import Form, Goal, Precision
from evalkit.powering import USUAL_ZETA1
from evalkit.stats.group_sequential import Seen, n_fixed
from evalkit.stats.streams import stream

POWERED = 0.7
"""Share of a difference that half an interval has where the difference is found with a chance of 0.8."""
FEWEST = 8
"""Samples of a cell below which nothing is decided."""
REACHED, SEARCHED, SHOWN = 0.9, 100, 50
"""Share of runs in which the least plan reaches its goal at every temperature; runs by which it is found;
runs of plans that are shown beside."""
WORST_OF_PAIRS, WORST_OF_SAMPLES = 27 / 64, 0.25
"""Greatest variance, times samples: of an agreement of two answers, when one of four is unlike all; of a share."""
_PILOT = 1000


@dataclass
class Tally:
    """What came of runs at one temperature."""

    truth: float
    sizes: list[int] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    reached: list[bool] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    decided: list[bool] = field(default_factory=list)
    false: list[bool] = field(default_factory=list)

    def see(self, ended: Ended) -> None:
        """Count a run."""
        stand = ended.stand
        self.sizes.append(sum(ended.sizes))
        self.looks.append(ended.looks)
        self.reached.append(stand.is_reached)
        if stand.low is not None and stand.high is not None:
            self.covered.append(stand.low - 1e-9 <= self.truth <= stand.high + 1e-9)
        self.decided.append(stand.side != 0)
        against = stand.goal.against
        self.false.append(against is not None and stand.side * (self.truth - against) < 0.0)


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A plan without looks: as many samples of every cell."""

    n: int
    """Samples of each cell."""
    tallies: Mapping[float, Tally]
    """What came of it, by temperature."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of a question."""

    question: Question
    """What was asked."""
    n_cells: int
    """Prompts times temperatures."""
    known: Fixed
    """The least plan with which every temperature reaches its goal in nine of ten runs, found by trying."""
    usual: Fixed
    """The plan under the usual assumption about variance."""
    worst: Fixed
    """The plan that is enough whatever the variance."""
    sequential: Mapping[float, Tally]
    """What came of looks, by temperature."""

    @property
    def n_drawn(self) -> float:
        """Samples that looks took, in the mean over runs."""
        return sum(float(np.mean(tally.sizes)) for tally in self.sequential.values())

    def ratio(self, plan: Fixed) -> float:
        """Return what looks took as a share of a fixed plan."""
        return self.n_drawn / (plan.n * self.n_cells)


def tried(question: Question, laws: Mapping[float, Sequence[Law]], *, runs: int, precision: Precision) -> Tried:
    """Return what comes of a question in so many runs.

    Args:
        question: What is asked.
        laws: (P,) of each temperature.
        runs: How many.
        precision: First look and looks; its goals are the question's.
    """
    goal = replace(question.goal, metric=next(iter(laws.values()))[0].metric.title)
    precision = replace(precision, goals=(goal,))
    usual, worst = (_without_pilot(question, laws, each) for each in (4.0 * USUAL_ZETA1, None))
    known = _least(goal, laws, max(FEWEST, round(0.6 * _by_law(goal, laws))), min(runs, SEARCHED))
    suite = replace(suite_of(question), samples=2 * max(known, usual, worst), load=())
    sequential = {t: Tally(_truth(each)) for t, each in laws.items()}
    for t, each in laws.items():
        rng = stream(1, "economy", question.suite, question.words, f"{t:g}")
        for _ in range(runs):
            sequential[t].see(in_looks(each, suite, precision, rng))
    return Tried(
        question=question,
        n_cells=sum(map(len, laws.values())),
        known=Fixed(n=known, tallies=_of_fixed(goal, laws, known, min(runs, 2 * SEARCHED))),
        usual=Fixed(n=usual, tallies=_of_fixed(goal, laws, usual, min(runs, SHOWN))),
        worst=Fixed(n=worst, tallies=_of_fixed(goal, laws, worst, min(runs, SHOWN))),
        sequential=sequential,
    )


def _of_fixed(goal: Goal, laws: Mapping[float, Sequence[Law]], n: int, runs: int) -> dict[float, Tally]:
    found = {t: Tally(_truth(each)) for t, each in laws.items()}
    for t, each in laws.items():
        rng = stream(2, "economy", each[0].metric.title, f"{t:g}", str(n))
        for _ in range(runs):
            found[t].see(at_once(each, goal, n, rng))
    return found


def _least(goal: Goal, laws: Mapping[float, Sequence[Law]], n: int, runs: int) -> int:
    """Return the least number of samples, from n on in steps of 5 %, with which goals are reached in most runs."""
    while any(np.mean(each.reached) < REACHED for each in _of_fixed(goal, laws, n, runs).values()):
        n = math.ceil(1.05 * n)
    return n


def _truth(laws: Sequence[Law]) -> float:
    return float(np.mean([law.truth for law in laws]))


def _by_law(goal: Goal, laws: Mapping[float, Sequence[Law]]) -> int:
    """Return the samples of each cell that the neediest temperature takes, by its law."""
    sizes = [n_fixed(_seen(each), goal.within or 0.0, level=LEVEL, against=goal.against) for each in laws.values()]
    return max(n or 0 for n in sizes)


def _without_pilot(question: Question, laws: Mapping[float, Sequence[Law]], spread: float | None) -> int:
    """Return the samples of each cell for the question, whatever the law; with the worst spread for None."""
    some = _seen(next(iter(laws.values())))
    spread = (WORST_OF_PAIRS if some.pairs else WORST_OF_SAMPLES) if spread is None else spread
    unseen = replace(some, values=(0.5,) * len(some.values), variances=(spread / _PILOT,) * len(some.values))
    aim = POWERED * question.least if question.against is not None else question.within
    return max(n_fixed(unseen, aim or 0.0, level=LEVEL) or 0, FEWEST)


def _seen(laws: Sequence[Law]) -> Seen:
    """Return the law as a look of many samples would see it."""
    return Seen(
        values=tuple(law.truth for law in laws),
        variances=tuple(law.spread / _PILOT for law in laws),
        sizes=(_PILOT,) * len(laws),
        bounds=laws[0].metric.bounds,
        pairs=laws[0].metric.form is Form.PAIR,
    )
