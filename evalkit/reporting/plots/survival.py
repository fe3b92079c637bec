"""Survival: the share of pairs that are still the same after so many words, one line for each temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Divergence
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import plot
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LINES = 8
_PALEST = 0.35


@plot(
    caption="Share of pairs of answers that are still the same after so many words.",
    what="Each line is one temperature, the hotter the paler, as the mean over prompts. It begins at 1 and can only "
    "fall: its first drop is where answers part, and where it ends up is how many are the same for longer than the "
    "picture is wide.",
)
def survival(ax: Axes, divergence: Divergence) -> None:
    """Draw at most eight lines, evenly chosen, each named at its end."""
    curves = divergence.curves
    step = max(1, -(-len(curves) // _MOST_LINES))
    shown = curves[::step]
    words = max((len(curve.shares) for curve in shown), default=1)
    ax.set_xlim(0, words)
    ax.set_ylim(-0.04, 1.04)
    ax.grid(visible=True, axis="y")
    for place, curve in enumerate(shown):
        pale = 1.0 - (1.0 - _PALEST) * place / max(1, len(shown) - 1)
        x, y = list(range(len(curve.shares) + 1)), [1.0, *curve.shares]
        name = f"T = {numbers.temperature(curve.temperature)}"
        ax.plot(x, y, color=LIGHT["accent"], alpha=pale, linewidth=1.8, drawstyle="steps-post", label=name)
    if shown:
        ax.legend(frameon=False, fontsize=8.5, labelcolor=LIGHT["ink"], loc="center right")
    ax.set_xlabel("words from the beginning")
    ax.set_ylabel("share of pairs still the same")
