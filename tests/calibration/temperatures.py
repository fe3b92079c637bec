"""Rows 12 to 14: the temperature of sampled tokens, from log-probabilities and from samples alone, and what was cut.

Tokens come from softmaxes with random logits, some sharp and some blunt, drawn anew in each experiment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, rate, unbiased
from evalkit.stats.counted_temperature import from_counts
from evalkit.stats.effective_temperature import EffectiveTemperature, Position, from_known, from_logprobs
from evalkit.stats.pit import Cut, calibration, truncation
from evalkit.stats.streams import stream

REPORTED = 20
QUESTIONS = 6


@dataclass(frozen=True, slots=True)
class Conduct:
    """What an endpoint does with a temperature."""

    words: str
    asked: float
    applied: float
    after: bool = False
    """Whether it reports values from after the temperature; the slope on those at 1 then tells which it is."""


OBEYED = tuple(Conduct(f"T {t:g}", t, t) for t in (0.3, 0.7, 1.0, 1.5))
RESCALED = tuple(Conduct(f"T {t:g}, rescaled to {0.6 * t:g}", t, 0.6 * t) for t in (0.5, 1.5))
CLAMPED = (Conduct("T 1.5, clamped at 1", 1.5, 1.0),)
AFTER = tuple(Conduct(f"T {t:g}, reported after it", t, t, after=True) for t in (0.7, 1.5))

Estimate = Callable[[Sequence[Position], float], EffectiveTemperature]


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for conduct in effort.some((*OBEYED, *RESCALED, *CLAMPED, *AFTER), 4):
        yield partial(from_values, conduct)
    for conduct in effort.some((*OBEYED, *RESCALED, *CLAMPED), 2):
        yield partial(from_samples, conduct)
    for conduct in effort.some((OBEYED[0], OBEYED[-1], *RESCALED[-1:], *CLAMPED), 2):
        yield partial(against_known, conduct)
    yield partial(uniform, "as reported", 1.0)
    yield partial(uniform, "T 0.8 for 1", 0.8)
    for name in effort.some(tuple(CUTS), 3):
        yield partial(cut, name)


def from_values(conduct: Conduct, effort: Effort, estimate: Estimate | None = None) -> list[Check]:
    """Return row 12: the temperature of 200 tokens, from the log-probabilities of the 20 likeliest at each place."""
    at = Setting(12, "ln T, 200 tokens", "softmax", conduct.words)
    rng = stream(effort.seed, *at.names)
    found = []
    for _ in range(effort.runs):
        logs = _told(rng, 200, 200, (1.0, 5.0))
        sampled = _drawn(rng, logs, conduct.applied)
        inside = conduct.applied if conduct.after else 1.0
        positions = _positions(_scaled(logs, inside), sampled)
        found.append((estimate or _by_values)(positions, inside))
    return [_checked(at, effort, found, conduct.applied, within=0.02)]


def from_samples(conduct: Conduct, effort: Effort, n: int = 200) -> list[Check]:
    """Return row 13: from 200 first tokens of each of 6 questions, here and at a reference of temperature 1."""
    at = Setting(13, f"ln T, 2 x {QUESTIONS} x {n} tokens", "softmax", conduct.words)
    rng = stream(effort.seed, *at.names)
    found = []
    for _ in range(max(1, effort.runs // 2)):
        logs = _told(rng, QUESTIONS, 100, (1.5, 3.5))
        pairs = [(_counted(rng, row, 1.0, n), _counted(rng, row, conduct.applied, n)) for row in logs]
        found.append(from_counts(pairs, rng))
    return [_checked(at, effort, found, conduct.applied, within=0.03)]


def against_known(conduct: Conduct, effort: Effort, n: int = 50) -> list[Check]:
    """Return row 13: from 50 first tokens of each of 6 questions whose probabilities at temperature 1 are known."""
    at = Setting(13, f"ln T, {QUESTIONS} x {n} tokens, known at T 1", "softmax", conduct.words)
    rng = stream(effort.seed, *at.names)
    found = []
    for _ in range(effort.runs):
        logs = _told(rng, QUESTIONS, 100, (1.5, 3.5))
        seen = [_counted(rng, row, conduct.applied, n) for row in logs]
        counts = [[of_question.get(str(i), 0) for i in range(logs.shape[1])] for of_question in seen]
        found.append(from_known(logs.tolist(), counts))
    return [_checked(at, effort, found, conduct.applied, within=0.03)]


def uniform(words: str, applied: float, effort: Effort) -> list[Check]:
    """Return row 14: how often 500 tokens are said not to be spread as their probabilities say."""
    at = Setting(14, "not as reported, 500 tokens", "softmax", words)
    rng = stream(effort.seed, *at.names)
    alarms = []
    for _ in range(effort.runs):
        logs = _told(rng, 500, 200, (1.0, 5.0))
        alarms.append(calibration(_positions(logs, _drawn(rng, logs, applied)), rng).p_value < 0.05)
    right, between = (0.05, (0.0, 0.07)) if applied == 1.0 else (1.0, (0.95, 1.0))
    return [rate(at, effort, alarms, right, between, what="alarms")]


CUTS = {
    "nothing is cut, by top-p": (Cut.MASS, 1.0),
    "nothing is cut, by top-k": (Cut.RANK, 200.0),
    "top-p 0.95": (Cut.MASS, 0.95),
    "top-k 10": (Cut.RANK, 10.0),
    "min-p 0.05": (Cut.RATIO, 0.05),
}


def cut(name: str, effort: Effort) -> list[Check]:
    """Return row 14: how often 500 tokens are said to be cut, and intervals of the threshold hold it."""
    at = Setting(14, "found to be cut, 500 tokens", "softmax", name)
    kind, threshold = CUTS[name]
    rng = stream(effort.seed, *at.names)
    alarms, hits = [], []
    for _ in range(effort.runs):
        logs = _told(rng, 500, 200, (1.0, 5.0))
        found = truncation(_positions(logs, _drawn(rng, logs, 1.0, kind, threshold)), kind)
        alarms.append(found.p_value < 0.05)
        hits.append(holds(found.ends, threshold))
    if name.startswith("nothing"):
        return [rate(at, effort, alarms, 0.05, (0.0, 0.07), what="alarms")]
    of_ends = Setting(14, "interval of the threshold", "softmax", name)
    return [
        rate(at, effort, alarms, 1.0, (0.95, 1.0), what="alarms"),
        rate(of_ends, effort, hits, 0.95, (0.93, 1.0), what="coverage"),
    ]


def _checked(
    at: Setting, effort: Effort, found: Sequence[EffectiveTemperature], truth: float, *, within: float
) -> Check:
    values = [math.log(each.value) for each in found if each.value is not None]
    hits = [holds(each.ends, truth) for each in found]
    limits = Limits(within=within, coverage=(0.93, 0.97))
    return unbiased(at, effort, values, math.log(truth), hits=hits, limits=limits)


def _by_values(positions: Sequence[Position], inside: float) -> EffectiveTemperature:
    return from_logprobs(positions, reported_at=inside)


def _told(rng: np.random.Generator, n: int, words: int, width: tuple[float, float]) -> np.ndarray:
    """Return log-probabilities at temperature 1 (n, words), the likeliest first."""
    return _scaled(-np.sort(-rng.normal(size=(n, words)) * rng.uniform(*width, size=(n, 1)), axis=1), 1.0)


def _scaled(logs: np.ndarray, temperature: float) -> np.ndarray:
    divided = logs / temperature
    return divided - np.log(np.exp(divided - divided[:, :1]).sum(axis=1, keepdims=True)) - divided[:, :1]


def _drawn(
    rng: np.random.Generator, logs: np.ndarray, temperature: float, kind: Cut | None = None, threshold: float = 1.0
) -> np.ndarray:
    shares = np.exp(_scaled(logs, temperature))
    if kind is Cut.MASS:
        shares[shares.cumsum(axis=1) - shares >= threshold] = 0.0
    elif kind is Cut.RANK:
        shares[:, round(threshold) :] = 0.0
    elif kind is Cut.RATIO:
        shares[shares < threshold * shares[:, :1]] = 0.0
    mass = shares.cumsum(axis=1)
    return (mass < rng.random((len(logs), 1)) * mass[:, -1:]).sum(axis=1)


def _positions(logs: np.ndarray, sampled: np.ndarray) -> list[Position]:
    """Return the places whose sampled token is among those reported."""
    return [Position(row[:REPORTED], int(y)) for row, y in zip(logs, sampled, strict=True) if y < REPORTED]


def _counted(rng: np.random.Generator, logs: np.ndarray, temperature: float, n: int) -> dict[str, int]:
    counts = rng.multinomial(n, np.exp(_scaled(logs[None, :], temperature)[0]))
    return {str(i): int(counts[i]) for i in np.flatnonzero(counts)}
