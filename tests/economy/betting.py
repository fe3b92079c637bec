"""The same widths by bets: one stream of each temperature, looked at whenever it has grown by half."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from economy.laws import Law
from economy.sampling import LEVEL
from evalkit.nouns import Form
from evalkit.stats.sequential import BinarySequence, BoundedSequence

GROWTH, FIRST, MOST = 1.5, 10, 6000
"""How looks grow, as those of a precise test in pytest do; the first one; where it is given up."""


def samples_of_bets(laws: Sequence[Law], within: float, rng: np.random.Generator) -> int:
    """Return the samples of each prompt with which a confidence sequence by betting is as narrow, at most `MOST`."""
    metric, pairs = laws[0].metric, laws[0].metric.form is Form.PAIR
    binary = len(laws) == 1 and metric.equality
    sequence = BinarySequence(level=LEVEL) if binary else BoundedSequence(level=LEVEL, bounds=metric.bounds)
    n, fed = FIRST, 0
    while n < MOST:
        for _ in range((n // 2 if pairs else n) - fed):
            sequence.add(float(np.mean([_value(law, rng, pairs=pairs) for law in laws])))
        fed, ends = n // 2 if pairs else n, sequence.ends
        if ends is None or (ends[1] - ends[0]) / 2.0 <= within:
            return n
        n = math.ceil(GROWTH * n)
    return MOST


def _value(law: Law, rng: np.random.Generator, *, pairs: bool) -> float:
    if not pairs:
        return float(law.values[law.draw(rng, 1)[0]])
    a, b = law.draw(rng, 2)
    return float(a == b) if not law.values.size else float(law.values[a, b])
