"""Rows 11 and 21: whether values move with temperature, and how fast entropy does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from rapidfuzz.distance import Levenshtein

from calibration.check import Check, Effort, Experiment, Setting, rate
from calibration.pairs import AGREEMENT
from calibration.sources import LONG, SHORT, Short, source
from calibration.suites import TEN, ask
from evalkit.analysis.infer import curve
from evalkit.loopback.enumerable import WEATHER
from evalkit.stats.jonckheere import jonckheere_terpstra
from evalkit.stats.page import page_trend
from evalkit.stats.streams import stream
from evalkit.stats.token_entropy import token_entropy, varentropy

RISING = (0.3, 0.55, 0.8, 1.05, 1.3)
FLAT = (0.8, 0.8, 0.8, 0.8, 0.8)
MOST_OFF = 1e-6
CURVE = "curve, 10 prompts"
Alarm = Callable[[Sequence[float], np.random.Generator], bool]


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for language in (SHORT, LONG):
        for t in effort.some((0.25, 0.5, 0.7, 1.0, 1.5, 2.0), 3):
            yield partial(slope_of_entropy, language, t)
    for name in ALARMS:
        yield partial(trend, name, FLAT)
        if effort.every_setting or name != CURVE:
            yield partial(trend, name, RISING)


def slope_of_entropy(
    language: str, temperature: float, effort: Effort, estimate: Callable[[np.ndarray], float] = varentropy
) -> list[Check]:
    """Return row 11: how fast a token's entropy rises with ln T, by finite difference, is its varentropy."""
    del effort  # nothing is drawn
    step = 1e-4
    rows, lower, upper = (_rows(language, temperature * math.exp(by)) for by in (0.0, -step, step))
    worst = max(range(len(rows)), key=lambda i: abs(_rise(lower[i], upper[i], step) - estimate(rows[i])))
    exact, found = _rise(lower[worst], upper[worst], step), estimate(rows[worst])
    return [
        Check(
            row=11,
            quantity="dH / d ln T and varentropy, worst state",
            language=language,
            setting=f"T {temperature:g}, {len(rows)} states",
            runs=1,
            truth=exact,
            mean=found,
            limit=f"difference below {MOST_OFF:g}",
            passed=abs(exact - found) < MOST_OFF,
        )
    ]


def trend(name: str, temperatures: tuple[float, ...], effort: Effort, alarm: Alarm | None = None) -> list[Check]:
    """Return row 21: false alarms where temperature does nothing, power from 0.3 to 1.3."""
    flat = temperatures == FLAT
    runs = "no change" if flat else "T 0.3 to 1.3 in 5 steps"
    at = Setting(21, f"trend, {name}", SHORT, f"{runs}, n 10")
    rng, tried = stream(effort.seed, *at.names), alarm or ALARMS[name]
    # The curve's test draws thousands of orders for each run, and is exact by construction: a quarter of the runs.
    found = [tried(temperatures, rng) for _ in range(effort.runs // (4 if name == CURVE else 1))]
    if flat:
        between = (0.02, 0.08) if name == CURVE else (0.03, 0.07)
        return [rate(at, effort, found, 0.05, between, what="false alarms")]
    return [rate(at, effort, found, 1.0, (0.99, 1.0), what="found")]


def _page(temperatures: Sequence[float], rng: np.random.Generator) -> bool:
    columns = [[answers.agreement for answers in ask(TEN, t, 10, rng)] for t in temperatures]
    return page_trend(np.array(columns).T, falling=True).p_value <= 0.05


def _jonckheere(temperatures: Sequence[float], rng: np.random.Generator) -> bool:
    # Distance to the likeliest answer: each value stands for one answer.
    values = [_from_mode(place) for t in temperatures for place in Short(t).places(rng, 10)]
    groups = np.repeat(np.arange(len(temperatures)), 10).tolist()
    return len(set(values)) > 1 and jonckheere_terpstra(groups, values).p_value <= 0.05


def _curve(temperatures: Sequence[float], rng: np.random.Generator) -> bool:
    measured = [
        AGREEMENT.measurement(answers.texts, str(i), float(place))
        for place, t in enumerate(temperatures)
        for i, answers in enumerate(ask(TEN, t, 10, rng))
    ]
    p_value = curve(AGREEMENT.metric, measured, seed=int(rng.integers(2**31))).trend.p_value
    return p_value is not None and p_value <= 0.05


ALARMS: dict[str, Alarm] = {
    "Page, 10 prompts": _page,
    "Jonckheere-Terpstra, one prompt": _jonckheere,
    CURVE: _curve,
}


def _from_mode(place: int) -> float:
    return Levenshtein.normalized_distance(WEATHER.texts[place], _MODE)


_MODE = WEATHER.texts[int(WEATHER.at(0.25).probabilities.argmax())]


def _rows(language: str, temperature: float) -> np.ndarray:
    return source(language, temperature).truth.rows


def _rise(lower: np.ndarray, upper: np.ndarray, step: float) -> float:
    return (token_entropy(upper) - token_entropy(lower)) / (2.0 * step)
