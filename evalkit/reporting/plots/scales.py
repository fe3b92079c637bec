"""Scales drawn by hand: what matplotlib makes an object of for each tick takes half the time of a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evalkit.reporting import numbers
from evalkit.reporting.plots.base import OURS, axis_ends, strokes, thinned
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP = 7 / 72
"""Inches between axes and what is written about them."""
_STEPS_PER_INCH = 3.6
_MOST_DECIMALS = 5
_MOST_PLAIN = 1e6


def temperature_scales(ax: Axes, temperatures: Sequence[float], *, room: float = 0.0) -> None:
    """Draw the `scales` of values over temperatures; the ends of the values must be set before.

    Args:
        ax: Where.
        temperatures: In ascending order.
        room: Least room at both ends, in units of temperature.
    """
    ax.set_xlim(*axis_ends(temperatures, room))
    scales(ax, [(t, numbers.temperature(t)) for t in thinned(temperatures)], "temperature")


def scales(ax: Axes, ticks: Sequence[tuple[float, str]], name: str) -> None:
    """Draw level lines with their values, and ticks with a name below; the ends of both axes must be set before.

    On axes of our own they are drawn by hand: ticks as objects take half the time of a picture. On axes that somebody
    else has they are matplotlib's, so that they follow when a reader zooms in.

    Args:
        ax: Where.
        ticks: Place and text of each tick below.
        name: What they are.
    """
    figure = ax.get_figure()
    if ax.get_label() != OURS or not isinstance(figure, Figure):
        ax.set_xticks([place for place, _ in ticks], [text for _, text in ticks])
        ax.set_xlabel(name)
        ax.grid(visible=True, axis="y")
        return
    ax.set_axis_off()
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    inches = ax.get_position().size * figure.get_size_inches()
    aside, down = (right - left) / inches[0] * _GAP, (high - low) / inches[1] * _GAP
    levels = ticks_within(low, high, most=max(1, min(9, int(inches[1] * _STEPS_PER_INCH))))
    n, heights = len(levels), [value for value, _ in levels]
    strokes(ax, [left] * n, heights, [right] * n, heights, color=LIGHT["rule"], linewidth=0.7, zorder=0.5)
    strokes(ax, [left], [low], [right], [low], color=LIGHT["rule"], linewidth=0.8, zorder=2.5, clip_on=False)
    for value, text in levels:
        wrote(ax, (left - aside, value), text, ha="right", va="center_baseline")
    for place, text in ticks:
        wrote(ax, (place, low - down), text, ha="center", va="top")
    wrote(ax, ((left + right) / 2, low - 3 * down), name, ha="center", va="top")


def ticks_within(low: float, high: float, *, most: int) -> list[tuple[float, str]]:
    """Return round values between two, and each as text: the same decimals for all, or powers of ten.

    Args:
        low: The lower end.
        high: The upper end, above it.
        most: Most steps.
    """
    if not math.isfinite(high - low) or high <= low:
        return []
    found = [float(v) for v in MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
    room = 1e-9 * (high - low)
    within = [v for v in found if low - room <= v <= high + room]
    decimals = next((n for n in range(_MOST_DECIMALS) if all(abs(v - round(v, n)) <= room for v in found)), None)
    if decimals is None or max(map(abs, found)) >= _MOST_PLAIN:
        return [(v, f"{v:.3g}".replace("-", "\N{MINUS SIGN}")) for v in within]
    return [(v, numbers.number(v, decimals=decimals)) for v in within]


def sheet(figure: Figure) -> Axes:
    """Return axes over a whole figure, in inches from its lower left, without spines, ticks or ground.

    What is drawn there by hand takes a tenth of the time that axes with ticks of their own take.
    """
    width, height = figure.get_size_inches()
    ax = figure.add_axes((0, 0, 1, 1), autoscale_on=False)
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(0, height))
    return ax


def wrote(ax: Axes, place: tuple[float, float], text: str, **style: Any) -> None:  # noqa: ANN401 - matplotlib's
    """Write on a `sheet`, above all that is drawn there; nothing cuts it, which is looked at for long otherwise."""
    figure = ax.get_figure()
    if figure is not None:
        figure.text(*place, text, transform=ax.transData, **{"color": LIGHT["muted"], **style})
