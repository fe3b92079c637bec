"""Row 22: the temperature at which one model is as diverse as another at its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from calibration.check import Check, Effort, Experiment, Setting, rate
from calibration.pairs import AGREEMENT
from calibration.sources import SHORT
from calibration.suites import EVERY, ask
from evalkit.analysis.compare import Terms
from evalkit.analysis.matching import matches
from evalkit.analysis.pairing import Pairing
from evalkit.nouns import Match, Measurement, Metric
from evalkit.stats.streams import stream

if TYPE_CHECKING:
    import numpy as np

GRID, ASKED = (0.4, 0.6, 0.8, 1.0, 1.2, 1.6), (0.6, 1.0, 1.2)
TWELVE = EVERY[2::5]
SCALE = 1.2
"""By how much the candidate has to be hotter: its logits are those of the baseline times this."""
NAMES = tuple(map(str, TWELVE))
COMMON = Pairing(NAMES, GRID, frozenset((name, t) for name in NAMES for t in GRID), ())
Matcher = Callable[[Sequence[tuple[Metric, Sequence[Measurement], Sequence[Measurement]]], Pairing, Terms], Sequence]


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield the experiment of this row, which has all its settings at once."""
    del effort
    yield partial(matched, 20)


def matched(n: int, effort: Effort, match: Matcher = matches) -> list[Check]:
    """Return row 22: how often the interval holds the temperature that is known to match."""
    words = f"{len(TWELVE)} prompts, n {n}"
    rng = stream(effort.seed, "calibration", "matched temperature", SHORT, words)
    hits: dict[float, list[bool]] = {t: [] for t in ASKED}
    for seed in range(effort.runs):
        sides = [[m for t in GRID for m in _measured(t, t / scale, n, rng)] for scale in (1.0, SCALE)]
        for found in match([(AGREEMENT.metric, *sides)], COMMON, Terms(seed=seed)):
            if found.temperature in hits:
                hits[found.temperature].append(_holds(found, SCALE * found.temperature))
    return [
        rate(
            Setting(22, "matched temperature, exact agreement", SHORT, f"T {t:g} for T {SCALE * t:g}, {words}"),
            effort,
            hits[t],
            0.95,
            (0.90, 1.0),
            what="coverage",
        )
        for t in ASKED
    ]


def _measured(temperature: float, asked: float, n: int, rng: np.random.Generator) -> list[Measurement]:
    """Return what twelve prompts give when asked at a temperature, and said to be asked at another."""
    return [
        Measurement(
            metric=AGREEMENT.metric.title,
            prompt_id=name,
            temperature=temperature,
            value=answers.agreement,
            undefined=None,
            n_samples=n,
            variance=answers.variance,
        )
        for name, answers in zip(NAMES, ask(TWELVE, asked, n, rng), strict=True)
    ]


def _holds(found: Match, truth: float) -> bool:
    low, high = (-math.inf if found.low is None else found.low), (math.inf if found.high is None else found.high)
    return found.has_interval and low <= truth <= high
