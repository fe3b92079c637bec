"""Row 10: where two answers part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from calibration.check import Check, Effort, Experiment, Setting, unbiased
from calibration.pairs import moments_of_equality
from calibration.readings import Measured, Reader
from calibration.sources import LONG, SHORT, TEMPERATURES, source
from evalkit.stats.streams import stream


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of this row."""
    for language in (SHORT, LONG):
        for t in effort.some(TEMPERATURES, 3):
            yield partial(prefix, language, t)
            for length in effort.some((1, 2, 3), 1):
                yield partial(survival, language, t, length)


def prefix(language: str, temperature: float, effort: Effort, read: Reader | None = None, n: int = 20) -> list[Check]:
    """Return row 10: the words that two answers share before they part."""
    at = Setting(10, "common prefix, words", language, f"T {temperature:g}, n {n}")
    speaks, rng, reader = (
        source(language, temperature),
        stream(effort.seed, *at.names),
        read or Measured("prefix_agreement"),
    )
    values = [reader(speaks.texts(rng, n))[0] for _ in range(effort.runs)]
    return [unbiased(at, effort, values, speaks.truth.expected_prefix)]


def survival(language: str, temperature: float, length: int, effort: Effort, n: int = 20) -> list[Check]:
    """Return row 10: one point of the survival curve, the chance that two answers begin with the same words."""
    at = Setting(10, f"survival to word {length}", language, f"T {temperature:g}, n {n}")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    reader = Measured("prefix_survival", (("length", length),))
    values = [reader(speaks.texts(rng, n))[0] for _ in range(effort.runs)]
    moments = moments_of_equality(speaks.beginnings_agree(length), speaks.beginnings_agree(length, 3))
    return [unbiased(at, effort, values, moments.mean, deviation=moments.variance(n) ** 0.5)]
