"""Rows 9 and 23: entropy from log-probabilities, and quality and diversity in one number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, unbiased
from calibration.readings import Reading, cell_of, reading_of
from calibration.sources import LONG, SHORT, TEMPERATURES, Short, kernel, source
from evalkit.analysis.measure import measure_cell, values_of
from evalkit.loopback.enumerable import WEATHER
from evalkit.metrics.base import resolve
from evalkit.nouns import Metric, MetricRequest
from evalkit.stats.streams import stream

QUALITY = (("contains", "sunshine"),)
DISTANCES = {"ROUGE-L": ("rouge_l", "lcs"), "different or not": ("exact", "equal")}
"""Name of the distance in the metric, and of the exact kernel."""
Scored = Sequence[tuple[str, tuple[float, ...]]]


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for t in effort.some(TEMPERATURES, 3):
        for language in (SHORT, LONG):
            yield partial(sequence_entropy, language, t)
        for name in DISTANCES:
            yield partial(qd_index, name, t)


def sequence_entropy(
    language: str,
    temperature: float,
    effort: Effort,
    read: Callable[[Scored], Reading] | None = None,
    n: int = 20,
) -> list[Check]:
    """Return row 9: minus the mean log-probability of an answer against the exact entropy.

    In the short language, where no answer has more than half of the probability, intervals hold it in 93 to 98.5 %: an
    envelope of two for skewed values is a little cautious where they are not. Elsewhere rare answers may carry much of
    the entropy, which no 20 samples tell; coverage is told and not judged.
    """
    at = Setting(9, "sequence entropy, nats", language, f"T {temperature:g}, n {n}")
    speaks, rng, reader = source(language, temperature), stream(effort.seed, *at.names), read or _entropy_of
    truth = speaks.truth.entropy_nats
    readings = [reader(speaks.scored(rng, n)) for _ in range(effort.runs)]
    values = [value for value, _ in readings]
    hits = [holds(ends, truth) for _, ends in readings if ends is not None]
    even = language == SHORT and speaks.truth.modal_probability <= 0.5
    limits = Limits(coverage=(0.93, 0.985) if even else (0.0, 1.0))
    return [unbiased(at, effort, values, truth, hits=hits, limits=limits)]


def qd_index(
    name: str, temperature: float, effort: Effort, read: Callable[[Sequence[str]], Reading] | None = None, n: int = 20
) -> list[Check]:
    """Return row 23: the QD index against the sum over all pairs; an answer is good when it promises sunshine."""
    distance, exact = DISTANCES[name]
    at = Setting(23, f"QD index, {name}", SHORT, f"T {temperature:g}, n {n}")
    speaks, rng = Short(temperature), stream(effort.seed, *at.names)
    good = np.array(["sunshine" in text for text in WEATHER.texts], dtype=np.float64)
    apart = 1.0 - kernel(exact) if exact == "equal" else kernel(exact)
    moments = speaks.truth.expect_pair(np.outer(good, good) * apart)
    reader = read or partial(_qd_of, distance)
    readings = [reader(speaks.texts(rng, n)) for _ in range(effort.runs)]
    values, hits = [value for value, _ in readings], [holds(ends, moments.mean) for _, ends in readings]
    return [unbiased(at, effort, values, moments.mean, hits=hits, deviation=moments.variance(n) ** 0.5)]


def _entropy_of(scored: Scored) -> Reading:
    told = [json.dumps({"content": [{"token": "", "logprob": each} for each in steps]}) for _, steps in scored]
    return reading_of(
        measure_cell(
            _metric("sequence_entropy", (("meaning", "after"),)), cell_of([text for text, _ in scored], told=told)
        )
    )


def _qd_of(distance: str, texts: Sequence[str]) -> Reading:
    cell = cell_of(texts)
    quality = values_of(_metric("validity", QUALITY), cell)
    metric = _metric("qd_index", (("distance", distance), *QUALITY))
    return reading_of(measure_cell(metric, cell, derived={"quality": quality}))


@lru_cache(maxsize=8)
def _metric(name: str, options: tuple[tuple[str, str], ...] = ()) -> Metric:
    return resolve(MetricRequest(name=name, options=options))
