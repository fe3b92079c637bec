"""One temperature of a run, sampled in looks or at once: by the very functions that decide for a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from economy.laws import Law
from evalkit.analysis import stopping
from evalkit.analysis.estimate import estimate
from evalkit.nouns import Curve, Estimand, Goal, Point, Precision, Stand, Suite, Trend

if TYPE_CHECKING:
    import numpy as np

LEVEL = 0.95
"""Of all looks together."""
_NO_TREND = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=0, method="none")


@dataclass(frozen=True, slots=True)
class Ended:
    """Where sampling of one temperature ended."""

    sizes: tuple[int, ...]
    """Samples of each prompt."""
    looks: int
    """Looks there were."""
    stand: Stand
    """What was known then."""


def in_looks(laws: Sequence[Law], suite: Suite, precision: Precision, rng: np.random.Generator) -> Ended:
    """Return where a run that stops ends at the temperature of these laws.

    Args:
        laws: (P,) one for each prompt.
        suite: The suite, with the most samples of each cell.
        precision: When it may stop.
        rng: What draws.
    """
    temperature = laws[0].temperature
    suite = replace(suite, temperatures=(temperature,), precision=precision)
    (standing,) = stopping.first_standings(suite, precision, {})
    drawn = [law.draw(rng, suite.samples) for law in laws]
    level = stopping.level_of_a_look(precision, LEVEL)
    while True:
        curve = _curve(laws, drawn, standing.sizes, level)
        known = stopping.stands({curve.metric.title: curve}, precision, level=LEVEL)
        (after,) = stopping.after_look(
            replace(suite, standings=(standing,)), precision, {curve.metric.title: curve}, known, level=level
        )
        if after.ended:
            return Ended(after.sizes, after.looks, known[0])
        standing = after


def at_once(laws: Sequence[Law], goal: Goal, n: int, rng: np.random.Generator) -> Ended:
    """Return what a plan of so many samples of each prompt knows at the temperature of these laws."""
    sizes = (n,) * len(laws)
    curve = _curve(laws, [law.draw(rng, n) for law in laws], sizes, LEVEL)
    (stand,) = stopping.stands({curve.metric.title: curve}, Precision(goals=(goal,)), level=LEVEL)
    return Ended(sizes, 1, stand)


def _curve(laws: Sequence[Law], drawn: Sequence[np.ndarray], sizes: Sequence[int], level: float) -> Curve:
    metric = laws[0].metric
    found = [
        law.measured(seen[:size], level=level, alone=len(laws) == 1)
        for law, seen, size in zip(laws, drawn, sizes, strict=True)
    ]
    value = estimate(metric, found, usual=None, level=level, estimand=Estimand.THESE_PROMPTS)
    point = Point(temperature=laws[0].temperature, estimate=value, measurements=tuple(found))
    return Curve(metric=metric, points=(point,), trend=_NO_TREND)
