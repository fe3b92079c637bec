"""Matched: the candidate's temperature that is as diverse as the baseline's, against the baseline's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.nouns import Match, Matching
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import dots, label, plot, short, strokes, temperature_axis
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS = 32
_MOST_TICKS = 12


@plot(
    caption="As diverse as one another.",
    what="Each dot stands above a temperature of the baseline, at the height of the candidate's temperature that is as "
    "diverse; the line through it is its interval. On the dashed line both have the same temperature; above it the "
    "candidate has to be set hotter. A hollow triangle at an edge means that no temperature that was measured is "
    "diverse enough, or little enough; a line that ends in a small triangle goes on beyond that edge.",
    size=(5.6, 4.6),
)
def matched(ax: Axes, matching: Matching) -> None:
    """Draw the matches of one metric and the line on which nothing would change."""
    known = [each for each in matching.matches if each.n_prompts]
    grid = [each.temperature for each in known] or list(matching.temperatures) or [0.0, 1.0]
    low, high = grid[0], grid[-1]
    room = 0.09 * (high - low) or 0.5
    temperature_axis(ax, grid, room=room, named=False)
    ax.set_ylim(low - room, high + room)
    step = -(-len(grid) // _MOST_TICKS)
    ax.set_yticks(grid[::step], [numbers.temperature(t) for t in grid[::step]])
    ax.grid(visible=True)
    ax.plot([low, high], [low, high], linestyle="--", color=LIGHT["muted"], linewidth=1.2)
    _intervals(ax, known, low, high)
    places = [(each.temperature, each.value) for each in known if each.value is not None]
    dots(ax, places, color=LIGHT["accent"], size=7.0)
    for each in known:
        if each.value is None:
            above = (each.reason or "").startswith("above")
            style: dict[str, Any] = {"color": LIGHT["accent"], "markerfacecolor": LIGHT["paper"], "markersize": 8}
            ax.plot(each.temperature, high + room / 2 if above else low - room / 2, "^" if above else "v", **style)
    ax.set_xlabel(f"temperature of {short(matching.baseline, _LETTERS)}")
    ax.set_ylabel(f"temperature of {short(matching.candidate, _LETTERS)}")
    place: dict[str, Any] = {"xytext": (-44, 14), "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(label(matching.words), (0, 1), color=LIGHT["ink"], fontsize=10.5, fontweight="bold", **place)
    beside: dict[str, Any] = {"xytext": (0, 14), "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate("- - the same temperature", (1, 1), color=LIGHT["muted"], fontsize=9, ha="right", **beside)


def _intervals(ax: Axes, known: list[Match], low: float, high: float) -> None:
    """Draw intervals as thin lines; an end beyond the temperatures is a triangle at the edge, a whole one nothing."""
    held = [e for e in known if e.has_interval and (e.low is None or e.low < high) and (e.high is None or e.high > low)]
    x = [each.temperature for each in held]
    lows = [low if each.low is None else each.low for each in held]
    highs = [high if each.high is None else each.high for each in held]
    strokes(ax, x, lows, x, highs, color=LIGHT["accent"], linewidth=1.4)
    style: dict[str, Any] = {"linestyle": "none", "color": LIGHT["accent"], "markersize": 4.5}
    for marker, edge, open_ones in (
        ("^", high, [each.temperature for each in held if each.high is None]),
        ("v", low, [each.temperature for each in held if each.low is None]),
    ):
        ax.plot(open_ones, [edge] * len(open_ones), marker=marker, **style)
