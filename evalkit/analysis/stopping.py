"""What a look at a run says: which goals are reached at each temperature, and what the next look takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalkit.errors import UsageError
from evalkit.nouns import (
    Caution,
    Curve,
    Form,
    Goal,
    Interval,
    Metric,
    Point,
    Precision,
    Sequential,
    Stand,
    Standing,
    Suite,
    in_words,
)
from evalkit.stats.group_sequential import Seen, level_at_a_look, n_fixed, next_sizes, no_nearer

_SAMPLES_OF_A_VERDICT = 8
"""Samples of a cell below which nothing is decided."""


def can_be_asked(metric: Metric) -> bool:
    """Return whether a metric has an interval for given prompts: a mean over samples or pairs of each."""
    return metric.form is not Form.SET


def asked(known: Sequence[Metric], name: str) -> Metric:
    """Return the metric of that title, or else of that name; of all that can be asked the first, for an empty name.

    Args:
        known: The metrics of a suite.
        name: Title or name of a metric; may be empty.

    Raises:
        UsageError: There is none, or it is no mean over samples or pairs.
    """
    askable = [metric for metric in known if can_be_asked(metric)]
    fitting = sorted((m for m in askable if not name or name in {m.title, m.name}), key=lambda m: m.title != name)
    if fitting:
        return fitting[0] if name else askable[0]
    set_form = any(name in {metric.title, metric.name} for metric in known)
    raise UsageError(
        f"neither width nor side can be asked of {name or 'any metric of this suite'}"
        f"{': it is made of all samples at once' if set_form else ''}",
        hint=f"it can of {', '.join(metric.title for metric in askable)}"
        if askable
        else "a mean over samples or pairs can have it, such as exact_agreement",
    )


def level_of_a_look(precision: Precision, level: float) -> float:
    """Return the level of every interval of a run that stops by precision, for a level of all its looks together."""
    return level_at_a_look(level, precision.looks)


def first_standings(
    suite: Suite, precision: Precision, filled: Mapping[tuple[str, float], int]
) -> tuple[Standing, ...]:
    """Return what is wanted before the first look: samples that are there already are looked at, too.

    Args:
        suite: What is asked.
        precision: When it may stop.
        filled: Samples there are, by prompt and temperature.
    """
    first = min(precision.first, suite.samples)
    return tuple(
        Standing(
            temperature=t,
            looks=1,
            sizes=tuple(min(suite.samples, max(first, filled.get((prompt.id, t), 0))) for prompt in suite.prompts),
        )
        for t in suite.temperatures
    )


def stands(curves: Mapping[str, Curve], precision: Precision, *, level: float) -> tuple[Stand, ...]:
    """Return what is known of each goal at each temperature, for these prompts.

    Args:
        curves: By title; measured at the level of a look.
        precision: What is asked for.
        level: Level of all looks together: that of a plan without looks, too.
    """
    found = []
    for goal in precision.goals:
        curve = curves.get(goal.metric)
        found += [] if curve is None else [_stand(goal, curve.metric, point, level) for point in curve.points]
    return tuple(found)


def _stand(goal: Goal, metric: Metric, point: Point, level: float) -> Stand:
    estimate = point.estimate
    interval = estimate.interval if estimate.n_prompts == 1 else estimate.these
    few = estimate.n_samples < _SAMPLES_OF_A_VERDICT * max(1, estimate.n_prompts)
    reason = estimate.undefined or ("" if interval else estimate.method) or ("too few samples" if few else "")
    ends = None if reason or interval is None else _ends(metric, point, interval)
    return Stand(
        goal=goal,
        temperature=point.temperature,
        value=estimate.value,
        low=None if ends is None else ends[0],
        high=None if ends is None else ends[1],
        reason=reason,
        n_fixed=_fixed(goal, metric, point, level),
    )


def _ends(metric: Metric, point: Point, interval: Interval) -> tuple[float, float]:
    """Return the ends by which sampling may stop: no nearer to a bound than if nothing had varied."""
    sizes = [m.n_samples for m in point.measurements if m.value is not None]
    ends, pairs = (interval.low, interval.high), metric.form is Form.PAIR
    return no_nearer(ends, sizes, bounds=metric.bounds, level=interval.level, pairs=pairs)


def _fixed(goal: Goal, metric: Metric, point: Point, level: float) -> int | None:
    """Return what a plan without looks would have taken for as much as is known: for the goal, or what was reached."""
    seen, interval = seen_at(metric, point), point.estimate.these or point.estimate.interval
    if seen is None or interval is None:
        return None
    aim = 0.0 if goal.within is None else max(goal.within, interval.width / 2.0)
    return n_fixed(seen, aim, level=level, against=goal.against) if _tells(goal, point.estimate.value) else None


def _tells(goal: Goal, value: float | None) -> bool:
    """Return whether a number of samples can be told: not for a side alone, where the mean lies just there."""
    return goal.within is not None or (value is not None and value != goal.against)


def seen_at(metric: Metric, point: Point) -> Seen | None:
    """Return what a point tells of how its mean varies; None where a prompt tells nothing of it."""
    known = [m for m in point.measurements if m.value is not None]
    if not known or len(known) < len(point.measurements) or any(m.variance is None or m.n_samples < 2 for m in known):  # noqa: PLR2004 - a pair
        return None
    return Seen(
        values=tuple(m.value or 0.0 for m in known),
        variances=tuple(m.variance or 0.0 for m in known),
        sizes=tuple(m.n_samples for m in known),
        bounds=metric.bounds,
        pairs=metric.form is Form.PAIR,
    )


def after_look(
    suite: Suite, precision: Precision, curves: Mapping[str, Curve], known: tuple[Stand, ...], *, level: float
) -> tuple[Standing, ...]:
    """Return what is wanted for the next look; standings that have ended stay as they are.

    Args:
        suite: What is asked, with its standings.
        precision: What is to be known.
        curves: By title; measured at the level of a look.
        known: What `stands` made of them.
        level: Level of a look.
    """
    return tuple(
        standing if standing.ended else _next(standing, suite, precision, curves, known, level)
        for standing in suite.standings
    )


def _next(
    standing: Standing,
    suite: Suite,
    precision: Precision,
    curves: Mapping[str, Curve],
    known: tuple[Stand, ...],
    level: float,
) -> Standing:
    here = [stand for stand in known if stand.temperature == standing.temperature]
    open_ones = [stand for stand in here if not stand.is_reached]
    if here and not open_ones:
        return replace(standing, ended="known")
    if standing.looks >= precision.looks:
        return replace(standing, ended="looks")
    if min(standing.sizes) >= suite.samples:
        return replace(standing, ended="samples")
    if not here or (standing.looks > 1 and all(stand.value is None for stand in open_ones)):
        return replace(standing, ended="nothing")
    wanted = list(standing.sizes)
    for stand in open_ones:
        curve = curves[stand.goal.metric]
        point = curve.at(standing.temperature)
        seen = None if point is None else seen_at(curve.metric, point)
        goal, left = stand.goal, precision.looks - standing.looks
        if seen is None or seen.sizes != standing.sizes or not _tells(goal, stand.value):
            # Some draws failed, or nothing is known of the variance: all prompts alike.
            sizes = tuple(min(suite.samples, 2 * size) for size in standing.sizes)
        else:
            sizes = next_sizes(
                seen, goal.within or 0.0, most=suite.samples, level=level, looks_left=left, against=goal.against
            )
        wanted = [max(pair) for pair in zip(wanted, sizes, strict=True)]
    return replace(standing, looks=standing.looks + 1, sizes=tuple(wanted))


def sequential(suite: Suite, precision: Precision, known: tuple[Stand, ...], *, level: float) -> Sequential:
    """Return what came of sampling that stops, with what a plan without looks would have taken.

    Args:
        suite: What was asked, with its standings.
        precision: What was to be known.
        known: What `stands` found.
        level: Level of all looks together.
    """
    wanted = [stand.n_fixed for stand in known if stand.low is not None]
    sizes = [n for n in wanted if n is not None]
    return Sequential(
        precision=precision,
        standings=suite.standings,
        stands=known,
        level=level,
        level_at_a_look=level_of_a_look(precision, level),
        n_fixed=max(sizes) if sizes and len(sizes) == len(wanted) else None,
    )


def looked_at(suite: Suite) -> tuple[Caution, ...]:
    """Return the caution that numbers of samples followed what was seen, where they did."""
    if suite.precision is None or not suite.standings:
        return ()
    goals = " and ".join(map(in_words, suite.precision.goals))
    sizes = sorted({size for standing in suite.standings for size in standing.sizes})
    return (
        Caution(
            slug="optional-stopping",
            fact=f"Sampling stopped when it knew {goals}, in {suite.precision.looks} looks at most: cells hold"
            f" {sizes[0]:,} to {sizes[-1]:,} samples.",
            meaning="Intervals are wider than those of a fixed plan, and hold whenever sampling stopped. p-values know"
            " nothing of the looks, and metrics that change with the number of samples are shown for equal ones only.",
            remedy="Read the goals in the block on stopping; for the course of other metrics draw a fixed plan.",
        ),
    )
