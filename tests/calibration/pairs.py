"""Rows 1 to 4: means over pairs, their intervals and the jackknife variance behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, unbiased
from calibration.readings import Measured, Reader
from calibration.sources import LONG, SHORT, TEMPERATURES, Short, kernel, source
from evalkit.loopback.enumerable import PairMoments
from evalkit.stats.streams import stream
from evalkit.stats.ustatistic import jackknife_variance

AGREEMENT = Measured("exact_agreement")
DISTANCES = {
    "edit distance": (Measured("edit_distance"), "edit"),
    "ROUGE-L distance": (Measured("rouge_l_distance"), "lcs"),
    "Jaccard distance": (Measured("word_jaccard_distance"), "jaccard"),
}
"""Reader and name of the exact kernel."""


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for language in (SHORT, LONG):
        for t in effort.some(TEMPERATURES, 3):
            for n in effort.some((5, 10, 20, 50)):
                yield partial(agreement, language, t, n)
    for t in effort.some(TEMPERATURES, 3):
        for n in effort.some((10, 20, 50), 2):
            for name in DISTANCES:
                yield partial(distance, name, t, n)
    for name in ("equal", "edit"):
        for t in effort.some(TEMPERATURES, 3):
            for n in effort.some((10, 20, 50), 2):
                yield partial(variance, name, t, n)


def agreement(language: str, temperature: float, n: int, effort: Effort, read: Reader = AGREEMENT) -> list[Check]:
    """Return rows 1 and 2: pair agreement against the sum of squared probabilities."""
    at = Setting(1, "pair agreement", language, f"T {temperature:g}, n {n}")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    truth = speaks.truth.agreement
    readings = [read(speaks.texts(rng, n)) for _ in range(effort.runs)]
    values, hits = [value for value, _ in readings], [holds(ends, truth) for _, ends in readings]
    moments = moments_of_equality(truth, speaks.truth.power_sum(3))
    deviation = moments.variance(n) ** 0.5
    found = [unbiased(at, effort, values, truth, hits=hits, deviation=deviation)]
    if n >= 20 and 0.1 < truth < 0.8 and moments.zeta1 > 0.05 * moments.zeta2:
        inside = Setting(2, "pair agreement, interior", language, at.words)
        found.append(
            unbiased(
                inside, effort, values, truth, hits=hits, deviation=deviation, limits=Limits(coverage=(0.93, 0.99))
            )
        )
    return found


def distance(name: str, temperature: float, n: int, effort: Effort, read: Reader | None = None) -> list[Check]:
    """Return row 3: a mean distance against the sum over all pairs of answers.

    Fewer than 20 answers are asked to be unbiased only. Where more than half of all answers are one text the
    interval is of the discrete kind, which can not come down to its level; at 20 answers it is cautious, being the
    envelope of several. So the upper limit is 97 % from 50 answers on, and 99 % at 20.
    """
    reader, exact = DISTANCES[name]
    at = Setting(3, name, SHORT, f"T {temperature:g}, n {n}")
    speaks, rng = Short(temperature), stream(effort.seed, *at.names)
    moments = speaks.truth.expect_pair(kernel(exact))
    truth = moments.mean
    readings = [(read or reader)(speaks.texts(rng, n)) for _ in range(effort.runs)]
    values, hits = [value for value, _ in readings], [holds(ends, truth) for _, ends in readings]
    deviation = moments.variance(n) ** 0.5
    if n < 20:
        return [unbiased(at, effort, values, truth, deviation=deviation)]
    most = 1.0 if speaks.truth.modal_probability > 0.5 else 0.99 if n < 50 else 0.97
    return [unbiased(at, effort, values, truth, hits=hits, deviation=deviation, limits=Limits(coverage=(0.93, most)))]


def variance(
    name: str, temperature: float, n: int, effort: Effort, estimate: Callable[[np.ndarray], float] = jackknife_variance
) -> list[Check]:
    """Return row 4: the mean jackknife variance over the exact one.

    The jackknife counts twice what hangs on the combination of two answers only, so its own expected value is known,
    and is more than 1.3 times the exact variance where that part is large and n is 10. Its mean has to lie at that
    value; never to be below 0.9; and to stay below 1.3 where its expected value does.
    """
    at = Setting(4, f"jackknife variance ratio, {name}", SHORT, f"T {temperature:g}, n {n}")
    speaks, rng, matrix = Short(temperature), stream(effort.seed, *at.names), kernel(name)
    moments = speaks.truth.expect_pair(matrix)
    exact = moments.variance(n)
    places = (speaks.places(rng, n) for _ in range(10 * effort.runs))
    ratios = [estimate(matrix[np.ix_(p, p)]) / exact for p in places]
    expected = (4 * moments.zeta1 / n + 4 * (moments.zeta2 - 2 * moments.zeta1) / (n * (n - 2))) / exact
    found = unbiased(at, effort, ratios, expected)
    least, most = 1 - 0.1 * effort.slack, 1 + 0.3 * effort.slack
    held = moments.zeta1 > 0.05 * moments.zeta2 and expected < 1.3
    limit = f"at its expected value {expected:.3f}; ratio {least:g}" + (f" to {most:g}" if held else " or more")
    passed = found.passed and least <= found.mean and (found.mean <= most or not held)
    return [replace(found, truth=1.0, limit=limit, passed=passed)]


def moments_of_equality(second: float, third: float) -> PairMoments:
    """Return the moments of whether two are equal, from the chances that two and that three are."""
    return PairMoments(second, third - second**2, second - second**2)
