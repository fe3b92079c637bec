"""The usual percentile bootstrap of pair agreement, to see what the guarded interval is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from calibration.check import SEED, Check, Effort, Experiment, Limits, Setting, holds, unbiased
from calibration.pairs import AGREEMENT
from calibration.readings import Ends
from evalkit.stats.streams import stream

ROW = 101
TRUTHS = (0.98, 0.91)
DRAWS = 1000


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of this table."""
    for truth in TRUTHS if effort.every_setting else TRUTHS[:1]:
        for name in ("guarded", "usual"):
            yield partial(compared, name, truth, 20)


def compared(name: str, agreement: float, n: int, effort: Effort) -> list[Check]:
    """Return the coverage of one interval: one common text and rare others, whose agreement is given.

    Both intervals see the same samples. The guarded one has to hold the truth in 93 %; the usual one is known to hold
    it in 19 to 61 %, and is there to be compared with.
    """
    at = Setting(ROW, "pair agreement", "common", f"true agreement {agreement:g}, n {n}")
    rng, chance = stream(effort.seed, *at.names), agreement**0.5
    values, hits = [], []
    for _ in range(effort.runs):
        common = rng.random(n) < chance
        texts = ["common" if each else f"rare {i}" for i, each in enumerate(common)]
        value, ends = AGREEMENT(texts)
        values.append(value)
        hits.append(holds(ends if name == "guarded" else usual_bootstrap(texts), agreement))
    between = (0.93, 1.0) if name == "guarded" else (0.0, 0.93)
    found = unbiased(at, effort, values, agreement, hits=hits, limits=Limits(coverage=between))
    called = {"guarded": "evalkit's interval", "usual": "percentile bootstrap, for comparison"}[name]
    return [replace(found, quantity=called)]


def usual_bootstrap(texts: Sequence[str]) -> Ends:
    """Return percentiles of agreement over texts drawn with replacement, copies agreeing with one another."""
    n = len(texts)
    counts = np.array(list(Counter(texts).values()))
    drawn = _draws(tuple(sorted(counts.tolist())))
    agreements = (drawn * (drawn - 1)).sum(axis=1) / (n * (n - 1))
    low, high = np.quantile(agreements, (0.025, 0.975))
    return float(low), float(high)


@lru_cache(maxsize=256)
def _draws(counts: tuple[int, ...]) -> np.ndarray:
    n = sum(counts)
    return stream(SEED, "usual bootstrap", str(counts)).multinomial(n, np.array(counts) / n, size=DRAWS)
