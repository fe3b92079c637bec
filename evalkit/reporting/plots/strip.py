"""Strip: every prompt's value, at each temperature."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.nouns import Curve
from evalkit.reporting.plots.base import plot, temperature_axis, value_limits
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LINES = 40
_SPREAD = 0.16
"""Share of the narrowest gap over which the dots of one temperature are spread."""


@plot(
    caption="Every prompt's value at each temperature.",
    what="Each dot is one prompt; a faint line joins the same prompt over temperatures (left out above 40 prompts). "
    "The bar is the mean over prompts. Lines that run alike mean that prompts react alike to temperature; lines that "
    "cross mean that the mean hides differences.",
    size=(7.6, 3.2),
)
def strip(ax: Axes, curve: Curve) -> None:
    """Draw a dot for each prompt, spread a little sideways in the suite's order."""
    temperatures = [point.temperature for point in curve.points]
    gaps = [right - left for left, right in pairwise(temperatures)]
    spread = _SPREAD * min(gaps) if gaps else _SPREAD
    paths: dict[str, list[tuple[float, float]]] = {}
    for point in curve.points:
        last = max(1, len(point.measurements) - 1)
        for index, measured in enumerate(point.measurements):
            if measured.value is not None:
                x = point.temperature + spread * (index / last - 0.5)
                paths.setdefault(measured.prompt_id, []).append((x, measured.value))
    dots = [dot for path in paths.values() for dot in path]
    ax.set_ylim(*value_limits([y for _, y in dots], curve.metric.bounds))
    temperature_axis(ax, temperatures, room=spread)
    ax.grid(visible=True, axis="y")
    if len(paths) <= _MOST_LINES:
        for path in paths.values():
            ax.plot([x for x, _ in path], [y for _, y in path], color=LIGHT["muted"], linewidth=0.7, alpha=0.35)
    ax.plot([x for x, _ in dots], [y for _, y in dots], "o", color=LIGHT["second"], markersize=4.4, alpha=0.7, mew=0)
    for point in curve.points:
        if point.estimate.value is not None:
            ends = [point.temperature - 0.85 * spread, point.temperature + 0.85 * spread]
            ax.plot(ends, [point.estimate.value] * 2, color=LIGHT["ink"], linewidth=1.6)
