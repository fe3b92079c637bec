"""Frontier: diversity against quality, one line through the temperatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Estimate, Frontier
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import label, plot, strokes, value_limits
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot(
    caption="Diversity against quality, through the temperatures.",
    what="Each dot is one temperature, named beside it: to the right is better, upwards is more varied. Thin lines are "
    "the intervals in both directions. Between two temperatures neither of which is both better and more varied, "
    "the choice is a matter of aim; one that lies below and to the left of another is never worth choosing.",
    size=(7.6, 4.4),
)
def frontier(ax: Axes, frontier: Frontier) -> None:
    """Draw the line through all temperatures that have both values, with their intervals."""
    steps = frontier.steps
    ax.set_xlim(*value_limits([x for _, q, _ in steps for x in _reach(q)], frontier.quality.metric.bounds))
    ax.set_ylim(*value_limits([y for _, _, d in steps for y in _reach(d)], frontier.diversity.metric.bounds))
    ax.grid(visible=True)
    x = [quality.value or 0.0 for _, quality, _ in steps]
    y = [diversity.value or 0.0 for _, _, diversity in steps]
    flat = [(q.interval, place) for (_, q, _), place in zip(steps, y, strict=True) if q.interval is not None]
    upright = [(d.interval, place) for (_, _, d), place in zip(steps, x, strict=True) if d.interval is not None]
    thin = {"color": LIGHT["accent"], "linewidth": 0.9, "alpha": 0.6}
    levels = [place for _, place in flat]
    strokes(ax, [ends.low for ends, _ in flat], levels, [ends.high for ends, _ in flat], levels, **thin)
    places = [place for _, place in upright]
    strokes(ax, places, [ends.low for ends, _ in upright], places, [ends.high for ends, _ in upright], **thin)
    ax.plot(x, y, "-o", color=LIGHT["accent"], linewidth=1.6, markersize=5, zorder=3)
    for (temperature, _, _), right, up in zip(steps, x, y, strict=True):
        text = numbers.temperature(temperature)
        ax.annotate(text, (right, up), xytext=(6, 5), textcoords="offset points", fontsize=8.5, color=LIGHT["ink"])
    ax.set_xlabel(label(frontier.quality.metric.words))
    ax.set_ylabel(label(frontier.diversity.metric.words))


def _reach(known: Estimate) -> list[float]:
    """Return the value and the ends of its interval."""
    ends = [] if known.interval is None else [known.interval.low, known.interval.high]
    return [*ends, *([] if known.value is None else [known.value])]
