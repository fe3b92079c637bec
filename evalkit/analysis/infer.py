"""From measurements to a curve: means over prompts, their intervals, and whether they move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from evalkit.analysis.comparable import unequal, usual_size
from evalkit.analysis.estimate import estimate
from evalkit.analysis.measure import DEGENERATE
from evalkit.analysis.optimum import optimum
from evalkit.analysis.trending import trend
from evalkit.nouns import Caution, Curve, Estimand, Measurement, Metric, Point

_FEW = 0.05  # share of a curve's prompts whose absence moves a mean by little


def curve(
    metric: Metric,
    measurements: Sequence[Measurement],
    *,
    seed: int,
    level: float = 0.95,
    estimand: Estimand = Estimand.PROMPTS_LIKE_THESE,
) -> Curve:
    """Return a metric against temperature: at each one the mean over prompts with its interval, and the trend.

    Prompts are the unit: an interval over two or more speaks of prompts like these, unless asked to speak of these
    very ones. With one prompt it is that prompt's own. Prompts without a value are left out of a point, and its number
    of prompts says so; so are those whose value can not be compared, because it hangs on a number of samples that is
    not the usual one of the curve.

    Args:
        metric: What was measured.
        measurements: One for each cell, in the suite's order.
        seed: Seed of the analysis; each metric draws from a stream of its own name.
        level: Level of the intervals, in (0, 1).
        estimand: What intervals over prompts speak of.
    """
    cells: defaultdict[float, list[Measurement]] = defaultdict(list)
    for each in measurements:
        cells[each.temperature].append(each)
    usual = usual_size(measurements)
    points = tuple(
        Point(
            temperature=t,
            estimate=estimate(metric, cells[t], usual=usual, level=level, estimand=estimand),
            measurements=tuple(cells[t]),
        )
        for t in sorted(cells)
    )
    found = Curve(
        metric=metric,
        points=points,
        trend=trend(metric, measurements, seed=seed, level=level),
        cautions=(*_degenerate(metric, points), *unequal(metric, measurements), *_partly(metric, points)),
    )
    return replace(found, optimum=optimum(found, seed=seed, level=level)) if metric.peaks else found


def _degenerate(metric: Metric, points: Sequence[Point]) -> tuple[Caution, ...]:
    bare = tuple(
        p.temperature
        for p in points
        if p.estimate.value is not None and p.estimate.interval is None and _without_spread(p)
    )
    if not bare:
        return ()
    return (
        Caution(
            slug="degenerate-data",
            fact=f"{metric.words}: all prompts have the same value at T = {', '.join(f'{t:g}' for t in bare)}.",
            meaning="Equal values do not tell how far others may lie, so there is no interval, which is not certainty.",
            remedy="Draw more samples or add prompts. Where all samples agree, exact_agreement has an exact bound.",
            temperatures=bare,
        ),
    )


def _without_spread(point: Point) -> bool:
    values = [m.value for m in point.measurements if m.value is not None]
    if len(values) > 1:
        return True
    return any(m.method == DEGENERATE for m in point.measurements)


def _partly(metric: Metric, points: Sequence[Point]) -> tuple[Caution, ...]:
    """Return the caution that a mean is over those prompts only for which the metric exists, if so."""
    missing = {point.temperature: reasons for point in points if (reasons := _refused(point))}
    if not missing:
        return ()
    shares = ", ".join(
        f"T = {p.temperature:g}: {p.estimate.n_prompts} of {p.estimate.n_prompts + missing[p.temperature]} prompts"
        for p in points
        if p.temperature in missing
    )
    return (
        Caution(
            slug="partly-undefined",
            fact=f"{metric.words} exists for some prompts only ({shares}).",
            meaning="Its mean is over those; where it does not exist is no accident, and often it is the most varied or"
            " the poorest answers: part of the curve's course may be theirs.",
            remedy="Read why under each prompt; draw more samples, or read a metric that exists everywhere.",
            temperatures=tuple(missing),
        ),
    )


def _refused(point: Point) -> int:
    """Return how many prompts with samples have no value here, where others do and they are more than a few."""
    without = sum(m.value is None and m.n_samples > 0 for m in point.measurements)
    return without if point.estimate.n_prompts and without > _FEW * len(point.measurements) else 0
