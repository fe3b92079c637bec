"""Heatmap: prompt by temperature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps

from evalkit.nouns import Curve
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import plot, short
from evalkit.reporting.theme import LIGHT, SCALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 120
_LETTERS = 28
_MOST_WRITTEN = 130
_MIDDLE = 0.55
_WIDTH = 7.6


@plot(
    caption="Value of each prompt at each temperature.",
    what="A row is a prompt, a column a temperature; the lighter, the higher. A column that changes colour as a whole "
    "is the effect of temperature; a row that stands out is a prompt worth reading below. Empty cells have no value.",
    least_prompts=2,
)
def heatmap(figure: Figure, curve: Curve) -> None:
    """Draw a coloured cell for each prompt and temperature, with its value where there is room."""
    names, grid = _grid(curve)
    roomy = grid.size <= _MOST_WRITTEN
    height = len(names) * (0.3 if roomy else 0.17) + 0.8
    left = 0.25 + 0.075 * max((len(short(name, _LETTERS)) for name in names), default=1)
    figure.set_size_inches(_WIDTH, height)
    foot, tall = 0.62 / height, 1 - 0.72 / height
    ax = figure.add_axes((left / _WIDTH, foot, 1 - (left + 1.0) / _WIDTH, tall))
    known = grid[np.isfinite(grid)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    top = high if high > low else low + 1
    image = ax.imshow(grid, cmap=SCALE, aspect="auto", interpolation="none", vmin=low, vmax=top)
    ax.set_yticks(range(len(names)), [short(name, _LETTERS) for name in names], fontsize=8.5 if roomy else 7)
    ax.set_xticks(range(len(curve.points)), [numbers.temperature(point.temperature) for point in curve.points])
    ax.set_xlabel("temperature")
    ax.tick_params(bottom=False, left=False)
    ax.spines[:].set_visible(False)
    if roomy:
        _part(ax, grid)
        _write(ax, grid, low, top)
    if high > low:
        bar = figure.colorbar(image, cax=figure.add_axes((1 - 0.75 / _WIDTH, foot, 0.12 / _WIDTH, tall)))
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=7.5)


def _grid(curve: Curve) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return the prompts, and their values (n prompts, n temperatures), NaN where there is none."""
    names = list(dict.fromkeys(m.prompt_id for point in curve.points for m in point.measurements))[:MOST_ROWS]
    grid = np.full((max(1, len(names)), max(1, len(curve.points))), np.nan)
    places = {name: row for row, name in enumerate(names)}
    for column, point in enumerate(curve.points):
        for m in point.measurements:
            if m.prompt_id in places and m.value is not None:
                grid[places[m.prompt_id], column] = m.value
    return names, grid


def _part(ax: Axes, grid: npt.NDArray[np.float64]) -> None:
    """Draw the ground between the cells."""
    ax.set_xticks(np.arange(1, grid.shape[1]) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, grid.shape[0]) - 0.5, minor=True)
    ax.grid(which="minor", color=LIGHT["paper"], linewidth=2)
    ax.tick_params(which="minor", bottom=False, left=False)


def _write(ax: Axes, grid: npt.NDArray[np.float64], low: float, top: float) -> None:
    """Write each value into its cell, in black or white, whichever is easier to read."""
    scale = colormaps[SCALE]
    decimals = numbers.decimals_for((top - low) / 5)
    for (row, column), value in np.ndenumerate(grid):
        if math.isfinite(value):
            red, green, blue, _ = scale((value - low) / (top - low))
            ink = "black" if 0.3 * red + 0.59 * green + 0.11 * blue > _MIDDLE else "white"
            ax.text(
                column, row, numbers.number(value, decimals=decimals), ha="center", va="center", fontsize=8, color=ink
            )
