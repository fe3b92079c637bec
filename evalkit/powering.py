"""How many samples a question takes: the arithmetic of `evalkit power`, before or after a pilot run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from evalkit.errors import StatisticsError, UsageError
from evalkit.nouns import Curve, Form, Measurement
from evalkit.stats import power as arithmetic
from evalkit.stats.guarded_power import least_difference, least_n, power_of_interval
from evalkit.stats.several_prompts import variance_components

USUAL_ZETA1 = 0.025
"""zeta1 where no pilot tells it: about that of edit distance between short texts, in a metric from 0 to 1."""
LEAST_ZETA1 = 0.005
"""zeta1 that is reckoned with at the least, in a metric from 0 to 1: answers that happen to be alike in a pilot must
not end the sampling."""
FEWEST_SAMPLES = 8
"""Samples of a prompt below which its variance is too uncertain for a verdict."""
USUAL_PROMPTS = (1, 5, 10, 20, 50)
"""Numbers of prompts that are shown where none is asked for."""


Row: TypeAlias = dict[str, str | int | float]
"""A design: its columns by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How much a metric varies, from a pilot run or as an assumption."""

    zeta1: float
    """Variance of a pair's mean given one of its samples, in squared units of the metric."""
    sigma_b: float | None = None
    """Standard deviation between prompts of the step from one temperature to the next; None when it is not known."""
    basis: str
    """Where the numbers come from, as a sentence."""
    value: float | None = None
    """The metric's mean there, strictly inside finite bounds: then the guards of the interval are reckoned with. None
    where it is not known."""
    bounds: tuple[float, float] = (0.0, 1.0)
    """Least and greatest possible value."""
    pairs: bool = True
    """Whether it is a mean over pairs of samples, else over samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a question about numbers of samples comes to."""

    question: str
    """The question in full."""
    rows: tuple[Row, ...]
    """One design each; all with the same columns, whose names have underscores for spaces."""
    basis: str
    """What the numbers rest on."""

    def __str__(self) -> str:
        """Return question, table and basis in plain text."""
        head = [name.replace("_", " ") for name in self.rows[0]]
        table = [head, *([_words(value) for value in row.values()] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        text = [isinstance(value, str) for value in self.rows[-1].values()]
        lines = [
            "  ".join(f"{c:<{w}}" if left else f"{c:>{w}}" for c, w, left in zip(row, widths, text, strict=True))
            for row in table
        ]
        return "\n".join([self.question, "", *(line.rstrip() for line in lines), "", self.basis])


def variation(curve: Curve) -> Variation:
    """Return how much a metric varies, from a run's curve: at the temperature where it varies most within prompts.

    Raises:
        StatisticsError: No cell tells the metric's variance.
    """
    told = {p.temperature: [m for m in p.measurements if m.variance is not None] for p in curve.points}
    at = {temperature: _zeta1(cells) for temperature, cells in told.items() if cells}
    if not at:
        metric = curve.metric
        why = "is no mean over samples or pairs" if metric.form is Form.SET else "has too few samples in every cell"
        raise StatisticsError(
            f"{metric.title} {why}, so a pilot does not tell its variance", hint="--zeta1 assumes one"
        )
    temperature = max(at, key=at.__getitem__)
    cells = told[temperature]
    shown = f"zeta1 {at[temperature]:.3g} of {curve.metric.title} at T = {temperature:g}, where it is largest"
    basis = f"{shown}, from {sum(m.n_samples for m in cells):,} samples of {len(cells)} prompt{'s'[: len(cells) > 1]}."
    low, high = curve.metric.bounds
    least = LEAST_ZETA1 * (high - low) ** 2 if math.isfinite(high - low) else 0.0
    if at[temperature] < least:
        basis += f" Reckoned with {least:.3g} at the least: few samples may be alike by chance."
    value = math.fsum(m.value or 0.0 for m in cells) / len(cells)
    return Variation(
        zeta1=max(least, at[temperature]),
        sigma_b=_sigma_b(curve),
        basis=basis,
        value=value if math.isfinite(high - low) and low < value < high else None,
        bounds=(low, high),
        pairs=curve.metric.form is Form.PAIR,
    )


def assumed(zeta1: float | None = None) -> Variation:
    """Return a variation that no run has told."""
    if zeta1 is not None:
        return Variation(zeta1=zeta1, basis=f"zeta1 {zeta1:g}, as assumed.")
    basis = f"zeta1 {USUAL_ZETA1:g}, assumed: usual for edit distance of short texts; a pilot run tells yours (--from)."
    return Variation(zeta1=USUAL_ZETA1, basis=basis)


def proof(at_least: float, *, truth: float | None = None, level: float = 0.95, power: float = 0.8) -> Answer:
    """Return how many samples prove that an answer, or agreement, has at least some chance.

    Args:
        at_least: The chance to be proved, in (0, 1).
        truth: The chance as it may be; a fifth of the way from 1 to `at_least` when None.
        level: Confidence of the one-sided lower bound, in (0, 1).
        power: Chance of the proof that one wants, in (0, 1).

    Raises:
        UsageError: A number is out of its range.
    """
    _inside("at-least", at_least)
    truth = 1.0 - (1.0 - at_least) / 5.0 if truth is None else truth
    if not at_least < truth < 1.0:
        raise UsageError(f"truth is {truth:g}, not between {at_least:g} and 1", hint="what is not so is not proved")
    alpha = _alpha(level, power)
    strict = arithmetic.n_for_lower_bound(at_least, alpha=alpha)
    pairs = arithmetic.n_for_agreement_bound(at_least, alpha=alpha)
    some = arithmetic.n_for_proof(truth, at_least, alpha=alpha, power=power)
    failures = arithmetic.failures_allowed(some, at_least, alpha=alpha)
    reached = arithmetic.chance_of_proof(truth, some, at_least, alpha=alpha)
    designs = (
        ("of one answer, when all give it", strict, 0, truth**strict),
        ("of one answer, when most give it", some, failures or 0, reached),
        ("that two answers agree", pairs, 0, truth ** (pairs / 2.0)),
    )
    rows: list[Row] = [
        {"claim": claim, "samples": n, "may_differ": differing, "truth": truth, "passes": passes}
        for claim, n, differing, passes in designs
    ]
    return Answer(
        question=f"samples of one prompt that prove a chance of at least {at_least:g}, at {level:.0%} confidence",
        rows=tuple(rows),
        basis="Rests on exact binomial bounds of one side; for agreement on pairs that share no sample, and there it "
        f"passes at most that often. Were the truth {truth:g} (--truth), the samples would pass with the chance shown.",
    )


def difference(
    delta: float | None,
    vary: Variation,
    *,
    prompts: Sequence[int] = USUAL_PROMPTS,
    samples: int | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> Answer:
    """Return the samples that show a difference, its power at given samples, or the difference that samples show.

    Args:
        delta: The difference of two means; None to ask which one is detectable, which takes `samples`.
        vary: How much the metric varies.
        prompts: Numbers of prompts to answer for.
        samples: Samples of each prompt on each side; None to ask for them.
        level: One minus the level of the two-sided test, in (0, 1).
        power: Chance to see it, in (0, 1).

    Raises:
        UsageError: A number is out of its range, or there is neither a difference nor a number of samples.
    """
    alpha = _alpha(level, power)
    _positive(delta, vary)
    rows: list[Row] = []
    for n_prompts in prompts:
        if delta is None:
            if samples is None:
                raise UsageError("neither a difference nor a number of samples is told", hint="--detect or --samples")
            n, size = samples, _detectable(vary, n_prompts, samples, alpha, power)
        else:
            n, size = samples or max(FEWEST_SAMPLES, _samples(vary, n_prompts, delta, alpha, power)), delta
        seen = _seen(vary, n_prompts, n, size, alpha)
        row: Row = {"prompts": n_prompts, "samples": n, "answers": 2 * n * n_prompts}
        row |= {"difference": size, "power_these_prompts": seen}
        if vary.sigma_b is not None:
            row["power_prompts_like_these"] = (
                "none"
                if n_prompts == 1
                else arithmetic.power_of_difference(size, n_prompts, n, vary.zeta1, sigma_b=vary.sigma_b, alpha=alpha)
            )
        rows.append(row)
    asked = "differences that are seen" if delta is None else f"samples that show a difference of {delta:g}"
    return Answer(
        question=f"{asked}, per prompt on either side, in a two-sided test at {1.0 - level:.3g}, power {power:g}",
        rows=tuple(rows),
        basis=f"Rests on {vary.basis} For fewer than {FEWEST_SAMPLES} samples no verdict is given.",
    )


def _seen(vary: Variation, n_prompts: int, n: int, delta: float, alpha: float) -> float:
    """Return the power on these prompts: of the interval with its guards where the metric's value is known."""
    if vary.value is None:
        return arithmetic.power_of_difference(delta, n_prompts, n, vary.zeta1, alpha=alpha)
    # Up or down: the one that is seen less often, of those that are possible.
    low, high = vary.bounds
    ways = [way for way in (delta, -delta) if low <= vary.value + way <= high] or [delta]
    return min(
        power_of_interval(
            *(way, vary.value, n_prompts, n, vary.zeta1), bounds=vary.bounds, pairs=vary.pairs, alpha=alpha
        )
        for way in ways
    )


def _samples(vary: Variation, n_prompts: int, delta: float, alpha: float, power: float) -> int:
    if vary.value is None:
        return arithmetic.n_for_difference(delta, n_prompts, vary.zeta1, alpha=alpha, power=power)
    found = least_n(lambda n: _seen(vary, n_prompts, n, delta, alpha), power)
    if found is None:
        raise UsageError(
            f"a difference of {delta:g} takes more than a million samples of each prompt", hint="a larger one"
        )
    return found


def _detectable(vary: Variation, n_prompts: int, n: int, alpha: float, power: float) -> float:
    if vary.value is None:
        return arithmetic.detectable_difference(n_prompts, n, vary.zeta1, alpha=alpha, power=power)
    most = vary.bounds[1] - vary.bounds[0]
    return least_difference(lambda delta: _seen(vary, n_prompts, n, delta, alpha), power, most=most)


def equivalence(
    delta: float, vary: Variation, *, prompts: Sequence[int] = USUAL_PROMPTS, level: float = 0.95, power: float = 0.8
) -> Answer:
    """Return the samples that show two equal cells to lie within a margin of one another.

    Args:
        delta: The margin, in (0, 1).
        vary: How much the metric varies.
        prompts: Numbers of prompts to answer for.
        level: One minus the level of each one-sided test, in (0.5, 1).
        power: Chance to show it, in (0, 1).

    Raises:
        UsageError: A number is out of its range.
    """
    alpha = _alpha(level, power)
    _inside("equivalent", delta)
    _positive(delta, vary)
    rows: list[Row] = []
    for n_prompts in prompts:
        n = arithmetic.n_for_equivalence(delta, n_prompts, vary.zeta1, alpha=alpha, power=power)
        n = max(FEWEST_SAMPLES, n)
        rows.append({"prompts": n_prompts, "samples": n, "answers": 2 * n * n_prompts})
    return Answer(
        question=f"samples per prompt on either side that show equal cells to differ by less than {delta:g}, "
        f"in two one-sided tests at {alpha:.3g}, power {power:g}",
        rows=tuple(rows),
        basis=f"Rests on {vary.basis} Never fewer than it takes when all answers are alike.",
    )


def _zeta1(cells: Sequence[Measurement]) -> float:
    return arithmetic.zeta1_of([m.variance or 0.0 for m in cells], [m.n_samples for m in cells])


def _sigma_b(curve: Curve) -> float | None:
    """Return how unlike prompts are in the steps between neighbouring temperatures; None where there are none."""
    between = []
    for before, after in zip(curve.points, curve.points[1:], strict=False):
        first = {m.prompt_id: m for m in before.measurements}
        pairs = [(first[m.prompt_id], m) for m in after.measurements if m.prompt_id in first]
        known = [
            (b.value - a.value, a.variance + b.variance)
            for a, b in pairs
            if a.value is not None and b.value is not None and a.variance is not None and b.variance is not None
        ]
        if len(known) > 1:
            between.append(variance_components([d for d, _ in known], [v for _, v in known]).between)
    return math.sqrt(math.fsum(between) / len(between)) if between else None


def _alpha(level: float, power: float) -> float:
    if not 0.5 < level < 1.0:  # noqa: PLR2004 - a one-sided test below it is no test
        raise UsageError(f"level is {level:g}, not between 0.5 and 1", hint="such as 0.95")
    _inside("power", power)
    return 1.0 - level


def _inside(name: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise UsageError(f"{name} is {value:g}, not between 0 and 1", hint="such as 0.95")


def _positive(delta: float | None, vary: Variation) -> None:
    if delta is not None and not delta > 0.0:
        raise UsageError(f"a difference of {delta:g} is none", hint="such as 0.1")
    if not (vary.zeta1 > 0.0 and math.isfinite(vary.zeta1)):
        raise UsageError(
            f"zeta1 is {vary.zeta1:g}: without variance there is no power to compute", hint="--zeta1 0.025"
        )


def _words(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value
