"""Chao1 richness: how many different answers a source has at least, seen or not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel, Undefined
from evalkit.stats.richness import chao1
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level


@set_metric(
    label="Chao1 richness",
    unit="answers",
    bounds=(1.0, math.inf),
    depends_on_length=True,
    diversity=1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    min_samples=2,
)
def chao1_richness(texts: Sequence[str | None]) -> float:
    """Return a lower bound of the number of different answers there are, seen or not, in [1, inf).

    To those seen it adds what the answers seen once and twice tell of those never seen. A bound, not the number:
    it rises with n, since further samples reveal further answers. Where every sample is an answer of its own it
    would grow as the square of n and mean nothing: there is no value, and the number is only known to be above n;
    a mean over prompts then lacks the most diverse of them. What counts as the same is chosen by `level`; a text
    in which the `pattern` finds nothing is an answer of its own, empty texts are one.

    References:
        A. Chao, "Nonparametric Estimation of the Number of Classes in a Population", Scandinavian Journal of
        Statistics 11(4), 265-270 (1984).
    """
    counts = class_counts(texts)
    value = chao1(counts)
    if value is None or len(counts) == len(texts):
        raise Undefined(f"every sample is an answer of its own; of the number is only known that it is > {len(texts)}")
    return value
