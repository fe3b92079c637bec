"""Stopping: how many samples each temperature took, beside a plan without looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Sequential
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import dots, plot, strokes
from evalkit.reporting.plots.scales import scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_TICKS = 12
_HEADROOM = 1.12


@plot(
    caption="Samples of a prompt that were drawn until enough was known, by temperature.",
    what="A dot is the mean over the prompts, and the line through it reaches from the prompt with the fewest to that "
    "with the most samples: those that vary most get more. A filled dot stands where all that was asked for is known, "
    "an open one where it is not. The broken line is a plan without looks, which takes everywhere what the neediest "
    "temperature takes.",
    size=(7.6, 2.9),
)
def stopping(ax: Axes, found: Sequential) -> None:
    """Draw a dot with its range for each temperature, and the plan without looks."""
    shown = found.standings
    x = list(range(len(shown)))
    step = max(1, -(-len(shown) // _MOST_TICKS))
    most = max([1, found.n_fixed or 0, *(size for standing in shown for size in standing.sizes)])
    ax.set_xlim(-0.6, max(0.6, len(shown) - 0.4))
    ax.set_ylim(0.0, _HEADROOM * most)
    scales(ax, [(place, numbers.temperature(shown[place].temperature)) for place in x[::step]], "temperature")
    sized = [(place, standing) for place, standing in zip(x, shown, strict=True) if standing.sizes]
    places = [place for place, _ in sized]
    ends = [(min(standing.sizes), max(standing.sizes)) for _, standing in sized]
    strokes(ax, places, [a for a, _ in ends], places, [b for _, b in ends], color=LIGHT["accent"], linewidth=1.4)
    means = [(place, standing.n_samples / len(standing.sizes)) for place, standing in sized]
    if means:
        dots(ax, means, color=LIGHT["accent"], size=8.0)
    unknown = [mean for mean, (_, standing) in zip(means, sized, strict=True) if standing.ended != "known"]
    if unknown:
        dots(ax, unknown, color=LIGHT["paper"], size=4.5)
    if found.n_fixed is not None:
        ax.plot(ax.get_xlim(), [found.n_fixed] * 2, color=LIGHT["second"], linewidth=1.2, linestyle=(0, (5, 3)))
