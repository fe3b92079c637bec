"""Overlay: two runs' curves of one metric over one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Curve, Overlay, Point
from evalkit.reporting.plots.base import plot, short, strokes, titled, value_limits
from evalkit.reporting.plots.scales import temperature_scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDES = (("second", "--", "s"), ("accent", "-", "o"))
"""Colour, dash and marker of the baseline and of the candidate, the same in every picture."""
_MOST_LETTERS = 32


@plot(
    caption="Both runs over one another.",
    what="The dashed line with squares is the baseline, the solid one with dots the candidate; each mark is the mean "
    "over the prompts in common, the band its interval. Bands that overlap do not mean that nothing changed: prompts "
    "are paired, and the picture of the differences is the one to judge by.",
)
def overlay(ax: Axes, overlay: Overlay) -> None:
    """Draw both curves with their bands, and a legend."""
    curves = overlay.baseline, overlay.candidate
    values = [end for curve in curves for point in curve.points for end in _reach(point)]
    ax.set_ylim(*value_limits(values, overlay.baseline.metric.bounds))
    temperature_scales(ax, sorted({point.temperature for curve in curves for point in curve.points}))
    for curve, label, style in zip(curves, overlay.labels, SIDES, strict=True):
        _draw(ax, curve, short(label, _MOST_LETTERS), style)
    titled(ax, overlay.baseline.metric)
    ax.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1.0),
        ncols=2,
        borderaxespad=0,
        frameon=False,
        fontsize=9,
        handlelength=3,
        labelcolor=LIGHT["ink"],
    )


def _draw(ax: Axes, curve: Curve, label: str, style: tuple[str, str, str]) -> None:
    role, dash, marker = style
    color = LIGHT[role]
    known = [(p.temperature, p.estimate.value) for p in curve.points if p.estimate.value is not None]
    held = [(p.temperature, p.estimate.interval) for p in curve.points if p.estimate.interval is not None]
    x = [temperature for temperature, _ in held]
    lows, highs = [ends.low for _, ends in held], [ends.high for _, ends in held]
    strokes(ax, x, lows, x, highs, color=color, linewidth=1)
    ax.fill_between(x, lows, highs, color=color, alpha=0.13, linewidth=0)
    places = [place for place, _ in known], [value for _, value in known]
    ax.plot(*places, dash, marker=marker, color=color, linewidth=1.8, markersize=5.5, zorder=3, label=label)


def _reach(point: Point) -> list[float]:
    """Return the value and the ends of its interval."""
    ends = point.estimate.interval
    value = [] if point.estimate.value is None else [point.estimate.value]
    return value if ends is None else [*value, ends.low, ends.high]
