"""Rows 5 to 8: what counts of equal answers say, of k draws, of n-grams, of what is unseen and of entropy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, rate, unbiased
from calibration.readings import Measured, Reader
from calibration.sources import LONG, SHORT, TEMPERATURES, Short, Source, source
from evalkit.loopback.enumerable import WEATHER
from evalkit.stats.at_k import distinct_at_k, distinct_valid_at_k, tar_at_k
from evalkit.stats.entropy import chao_wang_jost_entropy, plug_in_entropy, supports_entropy
from evalkit.stats.order_k_interval import distinct_interval, distinct_valid_interval, tar_interval
from evalkit.stats.richness import coverage
from evalkit.stats.streams import stream

Estimator = Callable[[Sequence[int], int], float | None]
AT_K: dict[str, Estimator] = {"TAR": tar_at_k, "distinct": distinct_at_k}
INTERVALS = {"TAR": tar_interval, "distinct": distinct_interval}
K = 5
SUNNY = np.array(["sunshine" in text for text in WEATHER.texts])
"""Which answers of the short language are called valid: those that promise some sunshine."""
GRAMS = {1: 20, 2: 10}
"""Order of n-grams, and how many are drawn."""


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for t in effort.some(TEMPERATURES, 3):
        for language in (SHORT, LONG):
            for name in AT_K:
                yield partial(at_k, name, language, t)
            for n in effort.some((20, 50) if language == SHORT else (20,)):
                yield partial(seen, language, t, n)
        yield partial(valid_at_k, t)
    for t in (0.7, 1.0):
        for order in GRAMS:
            yield partial(rarefied, order, t)
    for t in effort.some(TEMPERATURES[:4], 3):
        for language in (SHORT, LONG):
            yield partial(entropy, language, t)
    for language, t, expected in ((SHORT, 0.25, 0.0), (LONG, 2.0, 1.0)):
        yield partial(refusal, language, t, expected)


def at_k(
    name: str, language: str, temperature: float, effort: Effort, estimate: Estimator | None = None
) -> list[Check]:
    """Return row 5: what k of 20 draws are expected to give, against power sums."""
    at = Setting(5, f"{name}@{K}", language, f"T {temperature:g}, n 20")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    truth = speaks.truth.power_sum(K) if name == "TAR" else speaks.truth.distinct(K)
    function = estimate or AT_K[name]
    samples = [_counts(speaks.texts(rng, 20)) for _ in range(effort.runs)]
    values = [function(counts, K) for counts in samples]
    hits = [holds(INTERVALS[name](counts, K), truth) for counts in samples]
    known = _deviation(speaks, 20, K) if name == "TAR" else math.comb(K, 2) * _deviation(speaks, 20, 2)
    # Where repeats are too rare to be met, the number of different answers falls with each equal pair.
    deviation = known if name == "TAR" or np.ptp(values) == 0 else None
    return [unbiased(at, effort, values, truth, hits=hits, deviation=deviation)]


def valid_at_k(temperature: float, effort: Effort, estimate: Callable = distinct_valid_at_k) -> list[Check]:
    """Return row 5: different valid answers among k of 20 draws."""
    at = Setting(5, f"distinct-valid@{K}", SHORT, f"T {temperature:g}, n 20")
    speaks, rng = Short(temperature), stream(effort.seed, *at.names)
    truth, values, hits = speaks.truth.distinct(K, among=SUNNY), [], []
    for _ in range(effort.runs):
        places, counts = np.unique(speaks.places(rng, 20), return_counts=True)
        values.append(estimate(counts.tolist(), SUNNY[places].tolist(), K))
        hits.append(holds(distinct_valid_interval(counts.tolist(), SUNNY[places].tolist(), K), truth))
    return [unbiased(at, effort, values, truth, hits=hits)]


def rarefied(order: int, temperature: float, effort: Effort, read: Reader | None = None) -> list[Check]:
    """Return row 6: different n-grams among m drawn of 20 answers, over m; samples with fewer have no value."""
    m = GRAMS[order]
    at = Setting(6, f"rarefied distinct-{order} at {m}", SHORT, f"T {temperature:g}, n 20")
    speaks, rng = Short(temperature), stream(effort.seed, *at.names)
    reader = read or Measured("rarefied_distinct_n", (("n", order), ("m", m)))
    values = [reader(speaks.texts(rng, 20))[0] for _ in range(effort.runs)]
    told = [value for value in values if value is not None]
    return [unbiased(at, effort, told, expected_rarefied(speaks, order, 20, m))]


def expected_rarefied(speaks: Short, order: int, n: int, m: int) -> float:
    """Return the exact expectation: for each n-gram the joint law of its count and of all counts over n answers.

    An answer has so many n-grams, and so many of them are the one; over n answers both numbers add up, and their law
    is the n-fold convolution. The rest is the chance that m drawn of that many miss all of those. Samples with fewer
    than m n-grams are left out.
    """
    total = np.array([len(_grams(answer, order)) for answer in WEATHER.answers])
    size = n * int(total.max()) + 1
    missed, enough = [], 1.0
    for gram in sorted({gram for answer in WEATHER.answers for gram in _grams(answer, order)}):
        own = np.array([_grams(answer, order).count(gram) for answer in WEATHER.answers])
        one = np.zeros((size, size))
        np.add.at(one, (total, own), speaks.truth.probabilities)
        joint = np.fft.irfft2(np.fft.rfft2(one) ** n, s=one.shape)
        enough = float(joint[m:].sum())
        chance = sum(
            joint[all_, its] * math.comb(all_ - its, m) / math.comb(all_, m)
            for all_ in range(m, size)
            for its in range(all_ + 1)
            if joint[all_, its] > 1e-15
        )
        missed.append(chance)
    return sum(1.0 - chance / enough for chance in missed) / m


def seen(
    language: str, temperature: float, n: int, effort: Effort, estimate: Callable[[Sequence[int]], float] = coverage
) -> list[Check]:
    """Return row 7: the chance that one more answer has been seen, which is off by less than 0.05."""
    at = Setting(7, "coverage of the sample", language, f"T {temperature:g}, n {n}")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    values = [estimate(_counts(speaks.texts(rng, n))) for _ in range(effort.runs)]
    return [unbiased(at, effort, values, speaks.truth.coverage(n), limits=Limits(within=0.05))]


def entropy(
    language: str,
    temperature: float,
    effort: Effort,
    estimate: Callable[[Sequence[int]], float] = chao_wang_jost_entropy,
) -> list[Check]:
    """Return row 8: the entropy from counts, which is nearer to the truth than the sample's own."""
    at = Setting(8, "entropy from counts, nats", language, f"T {temperature:g}, n 50")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    samples = [_counts(speaks.texts(rng, 50)) for _ in range(effort.runs)]
    plain = float(np.mean([plug_in_entropy(counts) for counts in samples])) - speaks.truth.entropy_nats
    values = [estimate(counts) for counts in samples]
    return [unbiased(at, effort, values, speaks.truth.entropy_nats, limits=Limits(within=abs(plain) / effort.slack))]


def refusal(language: str, temperature: float, expected: float, effort: Effort) -> list[Check]:
    """Return row 8: entropy is refused where most of the language is unseen, and told where it is seen."""
    what = "refused" if expected else "told"
    at = Setting(8, f"entropy is {what}", language, f"T {temperature:g}, n 50")
    speaks, rng = source(language, temperature), stream(effort.seed, *at.names)
    told = [supports_entropy(_counts(speaks.texts(rng, 50))) for _ in range(effort.runs)]
    return [rate(at, effort, [not each if expected else each for each in told], 1.0, (0.99, 1.0), what=what)]


def _counts(texts: Sequence[str]) -> list[int]:
    return list(Counter(texts).values())


def _grams(answer: tuple[int, ...], order: int) -> list[tuple[int, ...]]:
    return [answer[start : start + order] for start in range(len(answer) - order + 1)]


def _deviation(speaks: Source, n: int, k: int) -> float:
    """Return the standard deviation of TAR@k of n draws: over j shared draws, C(k, j) C(n-k, k-j) / C(n, k) zeta_j."""
    whole = speaks.truth.power_sum(k)
    weights = [math.comb(k, j) * math.comb(n - k, k - j) / math.comb(n, k) for j in range(k + 1)]
    zetas = [speaks.truth.power_sum(2 * k - j) - whole * whole for j in range(k + 1)]
    return math.sqrt(sum(w * z for w, z in zip(weights[1:], zetas[1:], strict=True)))
