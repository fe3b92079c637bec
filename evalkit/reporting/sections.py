"""One metric's part of the page: rows, prompts, pictures, definition."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.nouns import Caution, Curve, Estimand, Estimate, Interval, Measurement
from evalkit.reporting import numbers
from evalkit.reporting.definition import description, references, remarks, summary
from evalkit.reporting.figures import figures_of
from evalkit.reporting.floor_words import of_curve
from evalkit.reporting.headline import heading, trend_sentence
from evalkit.reporting.peak import peak_sentence
from evalkit.reporting.view import Known, MetricSection, PromptRow
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.reporting.plots.base import Plot


def section(
    curve: Curve, plots: Sequence[Plot], *, room: int, beside: Sequence[object] = ()
) -> tuple[MetricSection, tuple[Caution, ...]]:
    """Return one metric's part of the page, and cautions of pictures that failed.

    Args:
        curve: The metric against temperature.
        plots: How to draw it.
        room: Bytes of SVG that may still be drawn.
        beside: Further nouns about it that plots may draw.
    """
    metric = curve.metric
    scale = _scale(curve)
    rows = tuple(_known(p.temperature, None, p.estimate, p.estimate.n_prompts, scale) for p in curve.points)
    trend = visible(trend_sentence(curve))
    n_prompts = max((len(point.measurements) for point in curve.points), default=0)
    plots = [plot for plot in plots if plot.least_prompts <= max(1, n_prompts)]
    finding = " ".join(filter(None, (trend, _rows_in_words(rows), of_curve(curve))))
    figures, cautions, left_out = figures_of(curve, plots, finding=finding, room=room, beside=beside)
    return (
        MetricSection(
            anchor=anchor(metric.title),
            title=visible(metric.title, limit=80),
            heading=heading(metric),
            unit=visible(metric.unit, limit=40),
            interval=_interval_words(rows),
            summary=summary(metric),
            description=description(metric),
            references=references(metric),
            remarks=remarks(metric),
            logprobs=None if metric.reads is None else metric.meaning.value,
            trend=trend,
            trend_statistic=curve.trend.statistic,
            trend_p=curve.trend.p_value,
            trend_direction=curve.trend.direction,
            trend_method=visible(curve.trend.method),
            slope=curve.trend.slope,
            slope_text=_slope(curve),
            panel=metric.panel.value,
            optimum=peak_sentence(curve.optimum),
            best=curve.optimum,
            rows=rows,
            prompts=_prompt_rows(curve, scale),
            figures=figures,
            notes=(*(caution.fact for caution in cautions), *([left_out] if left_out else [])),
        ),
        cautions,
    )


def anchor(title: str) -> str:
    """Return an identifier for a heading, in ASCII letters, digits and hyphens."""
    return "metric-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _prompt_rows(curve: Curve, scale: tuple[float, float]) -> tuple[PromptRow, ...]:
    by_prompt: dict[str, list[Known | None]] = {}
    for index, point in enumerate(curve.points):
        for measurement in point.measurements:
            values = by_prompt.setdefault(measurement.prompt_id, [None] * len(curve.points))
            values[index] = _known(point.temperature, measurement.prompt_id, measurement, 1, scale)
    return tuple(PromptRow(prompt=visible(name, limit=80), values=tuple(row)) for name, row in by_prompt.items())


def _known(
    temperature: float, prompt: str | None, known: Estimate | Measurement, n_prompts: int, scale: tuple[float, float]
) -> Known:
    value, interval, undefined = known.value, known.interval, known.undefined
    if value is not None and not math.isfinite(value):
        value, interval, undefined = None, None, "the value is not a finite number"
    these = _these(known) if isinstance(known, Estimate) and value is not None else None
    if value is None:
        interval, undefined = None, visible(undefined or "no reason given", limit=200)
    return Known(
        temperature=temperature,
        prompt=None if prompt is None else visible(prompt, limit=80),
        value=value,
        undefined=undefined,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        level=interval.level if interval else None,
        n_prompts=n_prompts,
        n_samples=known.n_samples,
        method=visible(known.method, limit=200),
        estimand=known.estimand.value if isinstance(known, Estimate) else Estimand.THIS_PROMPT.value,
        these=these,
        these_text="" if these is None else numbers.span(Interval(low=these[0], high=these[1])),
        text=f"undefined: {undefined}" if value is None else numbers.value_and_interval(value, interval),
        mark=_mark(value, interval, scale),
    )


def _these(known: Estimate) -> tuple[float, float] | None:
    if known.these is None or known.estimand is not Estimand.PROMPTS_LIKE_THESE:
        return None
    return known.these.low, known.these.high


def _slope(curve: Curve) -> str:
    """Return how fast the metric moves, in words; empty where it is not known."""
    trend = curve.trend
    if trend.slope is None or (trend.slope == 0.0 and trend.slope_interval is None):
        return ""
    factor = math.log(2)
    ends = trend.slope_interval
    scaled = None if ends is None else Interval(low=ends.low * factor, high=ends.high * factor, level=ends.level)
    grown = numbers.value_and_interval(trend.slope * factor, scaled)
    return f"Each doubling of the temperature, from 0.2 on, adds {numbers.with_unit(grown, curve.metric.unit)}."


def _scale(curve: Curve) -> tuple[float, float]:
    """Return the ends of the scale on which a section's rows are marked."""
    low, high = curve.metric.bounds
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    ends = [
        end
        for point in curve.points
        for end in (point.estimate.value, *_ends(point.estimate.interval))
        if end is not None and math.isfinite(end)
    ]
    return (min([*ends, 0.0]), max([*ends, 0.0])) if ends else (0.0, 1.0)


def _ends(interval: Interval | None) -> tuple[float, ...]:
    return (interval.low, interval.high) if interval else ()


def _mark(
    value: float | None, interval: Interval | None, scale: tuple[float, float]
) -> tuple[float, float, float] | None:
    if value is None or scale[1] <= scale[0]:
        return None
    low, high = (interval.low, interval.high) if interval else (value, value)
    low, value, high = (min(max((x - scale[0]) / (scale[1] - scale[0]), 0.0), 1.0) for x in (low, value, high))
    return low, value, high


def _interval_words(rows: tuple[Known, ...]) -> str:
    levels = {row.level for row in rows if row.level is not None}
    what = f"{100 * levels.pop():.4g} % interval" if len(levels) == 1 else "interval"
    spoken = {row.estimand for row in rows if row.low is not None}
    return f"{what} for {spoken.pop()}" if len(spoken) == 1 else what


def _rows_in_words(rows: tuple[Known, ...]) -> str:
    return "; ".join(f"T = {numbers.temperature(row.temperature)}: {row.text}" for row in rows) + "."
