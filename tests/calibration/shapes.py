"""Further tables: intervals and the trend test for languages and suites of any shape; not part of `make test`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, rate, unbiased
from calibration.pairs import AGREEMENT
from evalkit.analysis.infer import curve
from evalkit.nouns import Measurement
from evalkit.stats.streams import stream
from evalkit.stats.student import mean_interval
from evalkit.stats.trend import kendall_tau_b, trend_test
from evalkit.stats.ustatistic import pair_interval, pair_mean

SAMPLES = 20


def _zipf(power: float) -> np.ndarray:
    weights = np.arange(1, 301.0) ** -power
    return weights / weights.sum()


LANGUAGES = {
    "two texts, 0.5": np.array([0.5, 0.5]),
    "two texts, 0.6": np.array([0.6, 0.4]),
    "two texts, 0.7": np.array([0.7, 0.3]),
    "two texts, 0.8": np.array([0.8, 0.2]),
    "two texts, 0.9": np.array([0.9, 0.1]),
    "two texts, 0.98": np.array([0.98, 0.02]),
    "20 equal texts": np.full(20, 1 / 20),
    "100 equal texts": np.full(100, 1 / 100),
    "Zipf 1": _zipf(1),
    "Zipf 1.5": _zipf(1.5),
    "Zipf 2": _zipf(2),
    "Zipf 3": _zipf(3),
    "one of 0.2 among rare ones": np.r_[0.2, np.full(500, 0.8 / 500)],
    "one of 0.6 among rare ones": np.r_[0.6, np.full(500, 0.4 / 500)],
    "geometric": np.r_[0.5 ** np.arange(1, 30), 0.5**29],
}
SUITES = {
    "anywhere": (2.0, 2.0),
    "at either end": (0.5, 0.5),
    "low": (1.0, 6.0),
    "high": (6.0, 1.0),
}
DESIGNS = ((1, 5), (3, 3), (6, 5), (30, 7))


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these tables; none where few settings are tried."""
    if not effort.every_setting:
        return
    for name in LANGUAGES:
        for n in (10, 20, 50):
            yield partial(language, name, n)
    for name in SUITES:
        for n_prompts in (5, 10, 20, 30):
            yield partial(suite, name, n_prompts)
    for design in DESIGNS:
        yield partial(no_trend, *design)


def language(name: str, n: int, effort: Effort) -> list[Check]:
    """Return the coverage of the interval within one prompt."""
    chances = LANGUAGES[name]
    at = Setting(102, "pair agreement", name, f"n {n}")
    truth, rng = float((chances**2).sum()), stream(effort.seed, *at.names)
    values, hits = [], []
    for _ in range(effort.runs):
        texts = rng.choice(len(chances), n, p=chances)
        equal = (texts[:, None] == texts[None, :]).astype(np.float64)
        values.append(pair_mean(equal))
        hits.append(holds(pair_interval(equal, equality=True), truth))
    third = float((chances**3).sum())
    deviation = (4 * (n - 2) * (third - truth**2) + 2 * (truth - truth**2)) / (n * (n - 1))
    return [unbiased(at, effort, values, truth, hits=hits, deviation=deviation**0.5)]


def suite(name: str, n_prompts: int, effort: Effort) -> list[Check]:
    """Return the coverage of the interval over prompts, and in the setting that of a t interval."""
    at = Setting(103, "mean agreement of prompts like these", name, f"{n_prompts} prompts")
    rng, (a, b) = stream(effort.seed, *at.names), SUITES[name]
    truth, values, hits, student = a / (a + b), [], [], []
    for _ in range(2 * effort.runs):
        found = _agreements((a, b), n_prompts, rng)
        measured = [_measurement(str(i), float(value)) for i, value in enumerate(found)]
        interval = curve(AGREEMENT.metric, measured, seed=0).points[0].estimate.interval
        values.append(float(found.mean()))
        hits.append(interval is None or truth in interval)
        ends = mean_interval(found)
        student.append(ends is None or holds(ends, truth))
    # A suite of five skewed prompts may miss the tail altogether; more of them must not.
    check = unbiased(
        at, effort, values, truth, hits=hits, limits=Limits(coverage=(0.92 if n_prompts >= 10 else 0.90, 0.98))
    )
    return [replace(check, setting=f"{at.words} (a t interval covers {np.mean(student):.1%})".replace("%", " %"))]


def no_trend(n_prompts: int, n_temperatures: int, effort: Effort) -> list[Check]:
    """Return how often the trend test finds a trend where there is none."""
    at = Setting(104, "trend test", "any", f"{n_prompts} prompts x {n_temperatures} temperatures")
    rng = stream(effort.seed, *at.names)
    runs, alarms = effort.runs if n_prompts < 30 else effort.runs // 5, []
    for run in range(runs):
        blocks = [
            (range(n_temperatures), level + rng.exponential(size=n_temperatures).round(1))
            for level in rng.normal(size=n_prompts)
        ]
        varied = [block for block in blocks if kendall_tau_b(*block) is not None]
        alarms.append(bool(varied) and trend_test(varied, stream(run, *at.names)).p_value < 0.05)
    return [rate(at, effort, alarms, 0.05, (0.0, 0.07 if n_prompts < 30 else 0.10), what="false trends")]


def _agreements(shape: tuple[float, float], n_prompts: int, rng: np.random.Generator) -> np.ndarray:
    """Return what prompts of a random suite give: one common text each, every other text unique."""
    common = rng.binomial(SAMPLES, np.sqrt(rng.beta(*shape, size=n_prompts)))
    return common * (common - 1) / (SAMPLES * (SAMPLES - 1))


def _measurement(prompt_id: str, value: float) -> Measurement:
    return Measurement(
        metric=AGREEMENT.metric.title,
        prompt_id=prompt_id,
        temperature=1.0,
        value=value,
        undefined=None,
        n_samples=SAMPLES,
    )
