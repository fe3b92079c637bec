"""Boxes: how samples spread in length and latency, by temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.nouns import Spread, Spreads
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import dots, plot, side_by_side, strokes
from evalkit.reporting.plots.scales import scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 7.6
_HEIGHT = 2.9
_NAMES = {"words": "length, words", "latency": "latency, s"}
_MOST_TICKS = 8


@plot(
    caption="Length and latency of the answers, by temperature.",
    what="The thick bar holds the middle half of the samples, the dot in it is their median, and the thin line reaches "
    "from the value below which one sample in twenty lies to that above which one in twenty lies. All samples of a "
    "temperature count alike, whatever their prompt.",
    size=(_WIDTH, _HEIGHT),
)
def boxes(figure: Figure, spreads: Spreads) -> None:
    """Draw a panel for each quantity, from zero up."""
    figure.set_size_inches(_WIDTH, _HEIGHT)
    panels = [name for name in _NAMES if any(each.quantity == name for each in spreads.spreads)]
    axes = side_by_side(figure, [_NAMES[name] for name in panels], head=0.4, foot=0.6)
    for ax, name in zip(axes, panels, strict=True):
        _panel(ax, [each for each in spreads.spreads if each.quantity == name])


def _panel(ax: Axes, shown: Sequence[Spread]) -> None:
    x = list(range(len(shown)))
    step = -(-len(shown) // _MOST_TICKS)
    ax.set_xlim(-0.6, len(shown) - 0.4)
    ax.set_ylim(0.0, 1.08 * max(each.high for each in shown) or 1.0)
    scales(ax, [(place, numbers.temperature(shown[place].temperature)) for place in x[::step]], "temperature")
    thick = min(11.0, 90.0 / max(1, len(shown)))
    color = LIGHT["accent"]
    strokes(ax, x, [s.low for s in shown], x, [s.high for s in shown], color=color, linewidth=1.2)
    for place, each in zip(x, shown, strict=True):
        ax.plot(
            [place, place], [each.lower, each.upper], color=color, alpha=0.45, linewidth=thick, solid_capstyle="butt"
        )
    dots(ax, [(place, each.median) for place, each in zip(x, shown, strict=True)], color=LIGHT["ink"], size=4.5)
