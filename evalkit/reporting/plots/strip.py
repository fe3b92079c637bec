"""Strip: every prompt's value, at each temperature."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.nouns import Curve
from evalkit.reporting.plots.base import dots, plot, strokes, titled, value_limits
from evalkit.reporting.plots.scales import temperature_scales
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
    size=(7.6, 3.3),
    least_prompts=2,
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
    places = [place for path in paths.values() for place in path]
    ax.set_ylim(*value_limits([y for _, y in places], curve.metric.bounds))
    temperature_scales(ax, temperatures, room=spread)
    if len(paths) <= _MOST_LINES:
        for path in paths.values():
            ax.plot([x for x, _ in path], [y for _, y in path], color=LIGHT["muted"], linewidth=0.7, alpha=0.35)
    dots(ax, places, color=LIGHT["second"], size=4.4, alpha=0.75)
    means = [(p.temperature, p.estimate.value) for p in curve.points if p.estimate.value is not None]
    centres, heights = [t for t, _ in means], [value for _, value in means]
    lefts, rights = [t - 0.85 * spread for t in centres], [t + 0.85 * spread for t in centres]
    strokes(ax, lefts, heights, rights, heights, color=LIGHT["ink"], linewidth=1.6)
    titled(ax, curve.metric)
