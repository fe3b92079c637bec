"""Curve: a metric against temperature, with its band."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from evalkit.nouns import Curve, FloorLevel, Point
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import plot, shaded, strokes, titled, value_limits
from evalkit.reporting.plots.scales import temperature_scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot(
    caption="Mean over prompts at each temperature.",
    what="Each dot is the mean over prompts at one temperature; the band and the thin lines are its interval: "
    "of 100 experiments, about 95 give an interval that holds the true mean. A hollow dot has no valid interval; a "
    "cross at the foot marks a temperature without a value. The numbers above count the samples. A shade, where there "
    "is one, lies beyond the temperature at which quality falls clearly; the bar on top is the interval of that place. "
    "A dashed line across, where there is one, is the floor: the value at T = 0 under the load that disturbs "
    "the server least, with its interval as a band; what lies within it may be the server's noise.",
)
def curve(ax: Axes, curve: Curve) -> None:
    """Draw the means, their intervals and the numbers of samples."""
    known = [point for point in curve.points if point.estimate.value is not None]
    ends = [end for p in known if p.estimate.interval for end in (p.estimate.interval.low, p.estimate.interval.high)]
    values = [p.estimate.value for p in known if p.estimate.value is not None]
    ax.set_ylim(*value_limits([*values, *ends, *_reach(curve.floor)], curve.metric.bounds))
    temperature_scales(ax, [point.temperature for point in curve.points])
    _floor(ax, curve.floor)
    _band(ax, known)
    ax.plot([p.temperature for p in known], values, color=LIGHT["accent"], linewidth=1.8, zorder=3)
    for hollow, face in ((False, LIGHT["accent"]), (True, LIGHT["paper"])):
        some = [p for p in known if (p.estimate.interval is None) is hollow]
        if some:
            x, y = [p.temperature for p in some], [p.estimate.value for p in some if p.estimate.value is not None]
            ax.plot(x, y, "o", color=LIGHT["accent"], markerfacecolor=face, markersize=6, zorder=4)
    shaded(ax, curve.limit)
    _missing(ax, curve)
    _counts(ax, curve)
    titled(ax, curve.metric)


def _reach(floor: FloorLevel | None) -> list[float]:
    """Return the value of the floor and the ends of its interval."""
    if floor is None or floor.estimate.value is None:
        return []
    ends = floor.estimate.interval
    return [floor.estimate.value] if ends is None else [floor.estimate.value, ends.low, ends.high]


def _floor(ax: Axes, floor: FloorLevel | None) -> None:
    """Draw the floor as a line over the whole width, with its interval as a band, and its name at the right end."""
    if floor is None or floor.estimate.value is None:
        return
    value, ends = floor.estimate.value, floor.estimate.interval
    if ends is not None:
        ax.axhspan(ends.low, ends.high, color=LIGHT["second"], alpha=0.1, linewidth=0, zorder=1)
    ax.axhline(value, color=LIGHT["second"], linestyle=(0, (4, 3)), linewidth=1.2, zorder=2)
    low, high = ax.get_ylim()
    below = value > (low + high) / 2  # towards the middle, where there is room
    ax.annotate(
        f"floor: T = 0, {floor.load.value}",
        (1.0, value),
        xycoords=ax.get_yaxis_transform(),
        xytext=(-4, -5 if below else 5),
        textcoords="offset points",
        ha="right",
        va="top" if below else "bottom",
        color=LIGHT["second"],
        fontsize=8.5,
        zorder=5,
    )


def _band(ax: Axes, known: list[Point]) -> None:
    """Draw the intervals: a band over neighbours that have one, and a line at each."""
    held = [(p.temperature, p.estimate.interval) for p in known if p.estimate.interval is not None]
    x = [temperature for temperature, _ in held]
    lows, highs = [ends.low for _, ends in held], [ends.high for _, ends in held]
    strokes(ax, x, lows, x, highs, color=LIGHT["accent"], linewidth=1)
    for is_held, stretch in groupby(known, key=lambda point: point.estimate.interval is not None):
        some = [(p.temperature, p.estimate.interval) for p in stretch if p.estimate.interval is not None]
        if is_held and len(some) > 1:
            lows, highs = [ends.low for _, ends in some], [ends.high for _, ends in some]
            ax.fill_between([t for t, _ in some], lows, highs, color=LIGHT["accent"], alpha=0.16, linewidth=0)


def _missing(ax: Axes, curve: Curve) -> None:
    for point in curve.points:
        if point.estimate.value is None:
            foot = ax.get_xaxis_transform()
            ax.plot(point.temperature, 0.03, "x", color=LIGHT["muted"], transform=foot, markersize=6)


def _counts(ax: Axes, curve: Curve) -> None:
    """Write the numbers of samples above the axes: once when all are equal."""
    counts = {(point.estimate.n_prompts, point.estimate.n_samples) for point in curve.points}
    style: dict[str, Any] = {"color": LIGHT["muted"], "fontsize": 8.5}
    if len(counts) == 1:
        n_prompts, n_samples = counts.pop()
        text = f"{numbers.count(n_prompts, 'prompt')}, {numbers.count(n_samples, 'sample')} at each temperature"
        ax.text(1, 1.04, text, transform=ax.transAxes, ha="right", **style)
        return
    step = max(1, -(-len(curve.points) // 10))
    for point in curve.points[::step]:
        text = f"n={numbers.count(point.estimate.n_samples)}"
        ax.text(point.temperature, 1.02, text, transform=ax.get_xaxis_transform(), ha="center", **style)
