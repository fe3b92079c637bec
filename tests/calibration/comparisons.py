"""Rows 16 to 20: differences, means over prompts, tests of sameness, equivalence and sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, rate, unbiased
from calibration.pairs import AGREEMENT
from calibration.sources import SHORT, Short, kernel
from calibration.suites import EVERY, TEN, Answers, ask, mean_truth
from evalkit.analysis.infer import curve
from evalkit.nouns import Interval
from evalkit.stats.equivalence import tost
from evalkit.stats.mover import mover
from evalkit.stats.paired import PairedDifference, Side, difference_on_like_these, difference_on_these
from evalkit.stats.permutation import PermutationTest
from evalkit.stats.sequential import BinarySequence, BoundedSequence, ConfidenceSequence
from evalkit.stats.streams import stream
from evalkit.stats.two_sample import exact_match_test, mmd_test

STEPS = ((0.25, 0.5), (0.5, 0.5), (0.7, 1.0), (1.0, 1.5), (0.25, 2.0))
DRAWS = 999
Test = Callable[[Sequence[Answers], Sequence[Answers], np.random.Generator], PermutationTest]


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these rows."""
    for pair in effort.some(STEPS):
        yield partial(one_prompt, *pair)
        yield partial(many_prompts, *pair)
    for t in effort.some((0.3, 0.7, 1.0)):
        for n_prompts in (10, 20):
            yield partial(over_prompts, t, n_prompts)
    for t in effort.some((0.7, 1.0), 1):
        for name in TESTS:
            yield partial(same, name, t)
    for pair in effort.some(((0.7, 0.8), (1.0, 1.2), (1.2, 1.0))):
        yield partial(equivalence, *pair)
    for chance in effort.some((0.5, 0.05, 0.95, 0.99), 1):
        yield partial(binary_sequence, chance)
    for t in effort.some((0.5, 1.0), 1):
        yield partial(bounded_sequence, t)


def one_prompt(first: float, second: float, effort: Effort, n: int = 20) -> list[Check]:
    """Return row 16: the difference of two temperatures for one prompt, from the two guarded intervals."""
    at = Setting(16, "difference, one prompt", SHORT, f"T {first:g} less T {second:g}, n {n}")
    rng, sides = stream(effort.seed, *at.names), (Short(first), Short(second))
    truth = sides[0].truth.agreement - sides[1].truth.agreement
    values, hits = [], []
    for _ in range(effort.runs):
        (a, a_ends), (b, b_ends) = (AGREEMENT(side.texts(rng, n)) for side in sides)
        values.append(a - b)
        hits.append(holds(mover(a, a_ends, b, b_ends), truth))
    return [unbiased(at, effort, values, truth, hits=hits)]


def many_prompts(first: float, second: float, effort: Effort, n: int = 20) -> list[Check]:
    """Return row 16: the paired difference of two temperatures, over ten prompts and over twenty drawn from sixty.

    For prompts like these it is a t interval over the differences, which are skewed here: it is held to 90 %.
    """
    at = Setting(16, "difference, ten prompts, these", SHORT, f"T {first:g} less T {second:g}, n {n}")
    rng = stream(effort.seed, *at.names)
    truth = mean_truth(TEN, first) - mean_truth(TEN, second)
    everywhere = mean_truth(EVERY, first) - mean_truth(EVERY, second)
    these, like = [], []
    for _ in range(effort.runs):
        these.append(_on_these(TEN, first, second, n, rng))
        drawn = tuple(rng.integers(len(EVERY), size=20).tolist())
        a, b = (_side(ask(drawn, t, n, rng)) for t in (first, second))
        like.append(difference_on_like_these(a.values, b.values, rng))
    found = unbiased(at, effort, [d.value for d in these], truth, hits=[holds(d.ends, truth) for d in these])
    hits = [holds(d.ends, everywhere) for d in like]
    others = replace(at, quantity="difference, twenty prompts, any like these")
    return [
        found,
        unbiased(others, effort, [d.value for d in like], everywhere, hits=hits, limits=Limits(coverage=(0.90, 1.0))),
    ]


def over_prompts(temperature: float, n_prompts: int, effort: Effort, n: int = 10) -> list[Check]:
    """Return row 17: the mean over prompts drawn from sixty, for those and for any like them."""
    words = f"T {temperature:g}, {n_prompts} prompts, n {n}"
    at = Setting(17, "mean over prompts, these", SHORT, words)
    rng, everywhere = stream(effort.seed, *at.names), mean_truth(EVERY, temperature)
    off, these, like, values = [], [], [], []
    for _ in range(effort.runs):
        places = tuple(rng.integers(len(EVERY), size=n_prompts).tolist())
        own = mean_truth(places, temperature)
        measured = [
            AGREEMENT.measurement(answers.texts, str(i)) for i, answers in enumerate(ask(places, temperature, n, rng))
        ]
        found = curve(AGREEMENT.metric, measured, seed=0).points[0].estimate
        off.append(found.value - own)
        these.append(holds(_ends(found.these), own))
        like.append(holds(_ends(found.interval), everywhere))
        values.append(found.value)
    fixed = unbiased(at, effort, off, 0.0, hits=these, limits=Limits(coverage=(0.93, 0.98)))
    fixed = replace(fixed, truth=everywhere, mean=everywhere + fixed.mean)
    others = replace(at, quantity="mean over prompts, any like these")
    least = 0.90 if n_prompts < 20 else 0.93
    return [fixed, unbiased(others, effort, values, everywhere, hits=like, limits=Limits(coverage=(least, 1.0)))]


def _exact(first: Sequence[Answers], second: Sequence[Answers], rng: np.random.Generator) -> PermutationTest:
    return exact_match_test([a.places.tolist() for a in first], [b.places.tolist() for b in second], rng, draws=DRAWS)


def _by_edit(first: Sequence[Answers], second: Sequence[Answers], rng: np.random.Generator) -> PermutationTest:
    pooled = [np.concatenate([a.places, b.places]) for a, b in zip(first, second, strict=True)]
    similar = [1.0 - kernel("edit")[np.ix_(places, places)] for places in pooled]
    return mmd_test(similar, [len(a.places) for a in first], rng, draws=DRAWS)


TESTS: dict[str, Test] = {"exact match": _exact, "edit similarity": _by_edit}


def same(name: str, temperature: float, effort: Effort, test: Test | None = None, n: int = 10) -> list[Check]:
    """Return row 18: how often the test of sameness finds a difference where there is none."""
    at = Setting(18, f"two-sample test, {name}", SHORT, f"T {temperature:g}, 10 prompts, n {n}")
    rng, tried = stream(effort.seed, *at.names), test or TESTS[name]
    alarms = [
        tried(ask(TEN, temperature, n, rng), ask(TEN, temperature, n, rng), rng).p_value <= 0.05
        for _ in range(effort.runs)
    ]
    return [rate(at, effort, alarms, 0.05, (0.03, 0.07), what="false alarms")]


def equivalence(first: float, second: float, effort: Effort, n: int = 20) -> list[Check]:
    """Return row 19: how often equivalence is shown where the true difference is the margin itself."""
    at = Setting(19, "equivalence at the margin", SHORT, f"T {first:g} and T {second:g}, 10 prompts, n {n}")
    rng, margin = stream(effort.seed, *at.names), abs(mean_truth(TEN, first) - mean_truth(TEN, second))
    shown = []
    for _ in range(effort.runs):
        found = _on_these(TEN, first, second, n, rng)
        shown.append(tost(found.value, found.se, found.df, margin=margin).shown)
    return [rate(at, effort, shown, 0.05, (0.0, 0.06), what="shown")]


def binary_sequence(chance: float, effort: Effort) -> list[Check]:
    """Return row 20: how often a sequence for a probability ever misses it over 200 looks."""
    at = Setting(20, "sequence, probability", "coin", f"chance {chance:g}, 1 to 200 samples")
    rng = stream(effort.seed, *at.names)
    streams = [(rng.random(200) < chance).astype(float) for _ in range(effort.runs)]
    missed = [_ever_misses(BinarySequence(), values, chance) for values in streams]
    return [rate(at, effort, missed, 0.05, (0.0, 0.06), what="ever missed")]


def bounded_sequence(temperature: float, effort: Effort) -> list[Check]:
    """Return row 20: the same for a mean distance, from disjoint pairs of answers."""
    at = Setting(20, "sequence, edit distance", SHORT, f"T {temperature:g}, 1 to 200 pairs")
    rng, speaks = stream(effort.seed, *at.names), Short(temperature)
    truth = speaks.truth.expect_pair(kernel("edit")).mean
    missed = []
    for _ in range(effort.runs):
        values = kernel("edit")[speaks.places(rng, 200), speaks.places(rng, 200)]
        missed.append(_ever_misses(BoundedSequence(), values, truth))
    return [rate(at, effort, missed, 0.05, (0.0, 0.06), what="ever missed")]


def _ever_misses(sequence: ConfidenceSequence, values: np.ndarray, truth: float) -> bool:
    return any(not holds(sequence.add(value), truth) for value in values.tolist())


def _on_these(
    places: tuple[int, ...], first: float, second: float, n: int, rng: np.random.Generator
) -> PairedDifference:
    return difference_on_these(_side(ask(places, first, n, rng)), _side(ask(places, second, n, rng)), rng)


def _side(asked: Sequence[Answers]) -> Side:
    return Side([a.agreement for a in asked], [a.variance for a in asked], [len(a.places) for a in asked])


def _ends(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (interval.low, interval.high)
