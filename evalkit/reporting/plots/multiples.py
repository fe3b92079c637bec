"""Multiples: one small curve for each prompt, on the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.collections import PolyCollection

from evalkit.nouns import ChangePoint, Curve, Measurement
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import dots, plot, short, value_limits
from evalkit.reporting.plots.scales import sheet, ticks_within, wrote
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 24
_COLUMNS = 4
_PANEL_HEIGHT = 1.38
_TALL = _PANEL_HEIGHT - 0.42
_WIDTH = 7.6
_LETTERS = 24
_STEPS = 3
_GAP = 7 / 72
"""Inches between a panel and what is written about it."""
_MOST_TICKS = 5


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
    mean = [(p.temperature, p.estimate.value) for p in curve.points if p.estimate.value is not None]
    n_columns = min(_COLUMNS, max(1, len(shown)))
    foot = 0.5 + (0.25 if len(measured) > len(shown) else 0.0)
    height = (-(-len(shown) // n_columns) or 1) * _PANEL_HEIGHT + foot
    figure.set_size_inches(_WIDTH, height)
    ax = sheet(figure)
    x = _ends([point.temperature for point in curve.points])
    y = value_limits([*_values(shown), *(value for _, value in mean)], curve.metric.bounds)
    width = (_WIDTH - 0.55) / n_columns
    panels = []
    for index, (prompt, _) in enumerate(shown):
        row, column = divmod(index, n_columns)
        panel = _Panel(left=0.5 + column * width, foot=height - (row + 1) * _PANEL_HEIGHT, width=width - 0.18, x=x, y=y)
        panels.append(panel)
        wrote(ax, (panel.left, panel.foot + _TALL + 4 / 72), short(prompt, _LETTERS), fontsize=8.5, color=LIGHT["ink"])
        _scales(ax, panel, curve, left=column == 0, below=index >= len(shown) - n_columns)
    _grounds(ax, panels, curve.limit)
    _lines(ax, panels, [values for _, values in shown], mean)
    if len(measured) > len(shown):
        text = f"the first {len(shown)} of {numbers.count(len(measured), 'prompt')}; the heat map has them all"
        wrote(ax, (0.99 * _WIDTH, 0.06), text, ha="right", fontsize=8.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """Where a panel is, in inches, and what its ends mean."""

    left: float
    foot: float
    width: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the panel is on the figure."""
        return (
            self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0]),
            self.foot + _TALL * (y - self.y[0]) / (self.y[1] - self.y[0]),
        )


def _ends(temperatures: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the temperature axis, with a little room beyond the first and the last."""
    low, high = (min(temperatures), max(temperatures)) if temperatures else (0.0, 1.0)
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room


def _scales(ax: Axes, panel: _Panel, curve: Curve, *, left: bool, below: bool) -> None:
    """Write a panel's scales, where it is the first of its row or the last of its column."""
    for value, text in ticks_within(*panel.y, most=_STEPS) if left else ():
        place = panel.left - _GAP, panel.at(panel.x[0], value)[1]
        wrote(ax, place, text, ha="right", va="center_baseline", fontsize=7.5)
    if below:
        for point in curve.points[:: max(1, -(-len(curve.points) // _MOST_TICKS))]:
            text = numbers.temperature(point.temperature)
            place = panel.at(point.temperature, panel.y[0])[0], panel.foot - _GAP
            wrote(ax, place, text, ha="center", va="top", fontsize=7.5)
        place = panel.left + panel.width / 2, panel.foot - _GAP - 0.15
        wrote(ax, place, "temperature", ha="center", va="top", fontsize=8)


def _grounds(ax: Axes, panels: Sequence[_Panel], limit: ChangePoint | None) -> None:
    """Draw the lines and the shades that are the same in every panel."""
    levels = [value for value, _ in ticks_within(*panels[0].y, most=_STEPS)] if panels else []
    _across(ax, panels, levels, color=LIGHT["rule"], linewidth=0.7, zorder=0.5)
    _across(ax, panels, [panel.y[0] for panel in panels[:1]], color=LIGHT["rule"], linewidth=0.8, zorder=2.5)
    if limit is None or limit.temperature is None or not panels or limit.temperature >= panels[0].x[1]:
        return
    (low, high), foot, top = panels[0].x, *panels[0].y
    corners = [(limit.temperature, foot), (high, foot), (high, top), (limit.temperature, top)]
    shades = [[panel.at(x, y) for x, y in corners] for panel in panels]
    ax.add_collection(PolyCollection(shades, color=LIGHT["warn"], alpha=0.13, linewidth=0, zorder=0), autolim=False)
    down = [(panel.at(limit.temperature, foot), panel.at(limit.temperature, top)) for panel in panels]
    _joined(ax, down, color=LIGHT["warn"], linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    if limit.low is not None and limit.high is not None:
        mark = foot + 0.985 * (top - foot)
        ends = max(low, limit.low), min(high, limit.high)
        bars = [[panel.at(x, mark) for x in ends] for panel in panels]
        _joined(ax, bars, color=LIGHT["warn"], linewidth=2.2, solid_capstyle="butt")


def _lines(
    ax: Axes,
    panels: Sequence[_Panel],
    shown: Sequence[Sequence[Measurement]],
    mean: Sequence[tuple[float, float]],
) -> None:
    """Draw the mean behind each prompt's own curve, its intervals and its dots."""
    _joined(ax, [[p.at(*m) for m in mean] for p in panels], color=LIGHT["muted"], linewidth=0.9, alpha=0.6)
    held, paths = [], []
    for panel, values in zip(panels, shown, strict=True):
        paths.append([panel.at(m.temperature, m.value) for m in values if m.value is not None])
        held += [
            [panel.at(m.temperature, m.interval.low), panel.at(m.temperature, m.interval.high)]
            for m in values
            if m.value is not None and m.interval is not None
        ]
    _joined(ax, held, color=LIGHT["accent"], linewidth=0.8, solid_capstyle="round")
    _joined(ax, paths, color=LIGHT["accent"], linewidth=1.4)
    dots(ax, [place for path in paths for place in path], color=LIGHT["accent"], size=3.4)


def _across(ax: Axes, panels: Sequence[_Panel], levels: Sequence[float], **style: Any) -> None:  # noqa: ANN401
    ends = panels[0].x if panels else ()
    _joined(ax, [[panel.at(x, level) for x in ends] for panel in panels for level in levels], **style)


def _joined(ax: Axes, paths: Sequence[Sequence[tuple[float, float]]], **style: Any) -> None:  # noqa: ANN401
    """Draw several lines as one path."""
    places = [place for path in paths for place in (*path, (math.nan, math.nan))]
    ax.plot([x for x, _ in places], [y for _, y in places], **style)


def _values(shown: list[tuple[str, list[Measurement]]]) -> list[float]:
    ends = [e for _, ms in shown for m in ms if m.interval for e in (m.interval.low, m.interval.high)]
    return [*ends, *(m.value for _, ms in shown for m in ms if m.value is not None)]
