"""Multiples: one small curve for each prompt, on the same axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Curve, Measurement
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import dots, plot, shaded, short, strokes, temperature_axis, value_limits
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 24
_COLUMNS = 4
_PANEL_HEIGHT = 1.38
_LETTERS = 24


@plot(
    caption="One curve for each prompt.",
    what="All panels share their axes. The strong line is one prompt; the faint line behind it is the mean over "
    "prompts. Thin upright lines are intervals within that one prompt, where the metric allows one. A shade "
    "lies beyond the fall of quality.",
    least_prompts=2,
)
def multiples(figure: Figure, curve: Curve) -> None:
    """Draw one panel for each prompt in the suite's order, 24 at most."""
    measured: dict[str, list[Measurement]] = {}
    for point in curve.points:
        for measurement in point.measurements:
            measured.setdefault(measurement.prompt_id, []).append(measurement)
    shown = list(measured.items())[:MOST_PANELS]
    columns = min(_COLUMNS, max(1, len(shown)))
    n_rows = -(-len(shown) // columns) or 1
    foot = 0.5 + (0.25 if len(measured) > len(shown) else 0.0)
    height = n_rows * _PANEL_HEIGHT + foot
    figure.set_size_inches(7.6, height)
    limits = value_limits(_values(shown), curve.metric.bounds)
    for index, (prompt, values) in enumerate(shown):
        row, column = divmod(index, columns)
        width = (7.6 - 0.55) / columns
        box = (0.5 + column * width, height - (row + 1) * _PANEL_HEIGHT, width - 0.18, _PANEL_HEIGHT - 0.42)
        ax = figure.add_axes((box[0] / 7.6, box[1] / height, box[2] / 7.6, box[3] / height))
        ax.set_ylim(*limits)
        _panel(ax, curve, values, named=index >= len(shown) - columns)
        ax.tick_params(labelleft=column == 0, labelbottom=index >= len(shown) - columns)
        ax.set_title(short(prompt, _LETTERS), loc="left", fontsize=8.5, color=LIGHT["ink"], pad=4)
    if len(measured) > len(shown):
        text = f"the first {len(shown)} of {numbers.count(len(measured), 'prompt')}; the heat map has them all"
        figure.text(0.99, 0.06 / height, text, ha="right", fontsize=8.5, color=LIGHT["muted"])


def _panel(ax: Axes, curve: Curve, values: list[Measurement], *, named: bool) -> None:
    temperature_axis(ax, [point.temperature for point in curve.points], most=5, named=named)
    ax.tick_params(labelsize=7.5)
    ax.xaxis.label.set_fontsize(8)
    ax.grid(visible=True, axis="y")
    shaded(ax, curve.limit, named=False)
    mean = [(p.temperature, p.estimate.value) for p in curve.points if p.estimate.value is not None]
    ax.plot([t for t, _ in mean], [v for _, v in mean], color=LIGHT["muted"], linewidth=0.9, alpha=0.6)
    known = [m for m in values if m.value is not None]
    held = [(m.temperature, m.interval) for m in known if m.interval is not None]
    x = [temperature for temperature, _ in held]
    lows, highs = [ends.low for _, ends in held], [ends.high for _, ends in held]
    strokes(ax, x, lows, x, highs, color=LIGHT["accent"], linewidth=0.8)
    places = [(m.temperature, m.value) for m in known if m.value is not None]
    ax.plot([x for x, _ in places], [y for _, y in places], color=LIGHT["accent"], linewidth=1.4)
    dots(ax, places, color=LIGHT["accent"], size=3.4)


def _values(shown: list[tuple[str, list[Measurement]]]) -> list[float]:
    ends = [e for _, ms in shown for m in ms if m.interval for e in (m.interval.low, m.interval.high)]
    return [*ends, *(m.value for _, ms in shown for m in ms if m.value is not None)]
