"""Heatmap: prompt by temperature."""

from __future__ import annotations

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.nouns import Curve
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import label, plot
from evalkit.reporting.theme import LIGHT, SCALE

MOST_ROWS = 120
_LETTERS = 28
_MOST_WRITTEN = 130
_MIDDLE = 0.55


@plot(
    caption="Value of each prompt at each temperature.",
    what="A row is a prompt, a column a temperature; the lighter, the higher. A column that changes colour as a whole is "
    "the effect of temperature; a row that stands out is a prompt worth reading below. Empty cells have no value.",
)
def heatmap(figure: Figure, curve: Curve) -> None:
    """Draw a coloured cell for each prompt and temperature, with its value where there is room."""
    names = list(dict.fromkeys(m.prompt_id for point in curve.points for m in point.measurements))[:MOST_ROWS]
    grid = np.full((max(1, len(names)), max(1, len(curve.points))), np.nan)
    places = {name: row for row, name in enumerate(names)}
    for column, point in enumerate(curve.points):
        for m in point.measurements:
            if m.prompt_id in places and m.value is not None:
                grid[places[m.prompt_id], column] = m.value
    height = len(names) * (0.3 if grid.size <= _MOST_WRITTEN else 0.17) + 0.8
    figure.set_size_inches(7.6, height)
    left = 0.25 + 0.075 * max((len(_short(name)) for name in names), default=1)
    ax = figure.add_axes((left / 7.6, 0.62 / height, 1 - (left + 1.0) / 7.6, 1 - 0.72 / height))
    known = grid[np.isfinite(grid)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    image = ax.imshow(
        grid, cmap=SCALE, aspect="auto", interpolation="none", vmin=low, vmax=high if high > low else low + 1
    )
    ax.set_yticks(
        range(len(names)), [_short(name) for name in names], fontsize=8.5 if grid.size <= _MOST_WRITTEN else 7
    )
    ax.set_xticks(range(len(curve.points)), [numbers.temperature(p.temperature) for p in curve.points])
    ax.set_xlabel("temperature")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if grid.size <= _MOST_WRITTEN:
        _write(ax, grid, low, high)
    if high > low:
        bar = figure.colorbar(
            image, cax=figure.add_axes((1 - 0.75 / 7.6, 0.62 / height, 0.12 / 7.6, 1 - 0.72 / height))
        )
        bar.outline.set_visible(False)  # type: ignore[operator] - typed as a Spine, which is callable in the stubs only
        bar.ax.tick_params(labelsize=7.5)


def _write(ax: Axes, grid: np.ndarray, low: float, high: float) -> None:
    """Write each value into its cell, in black or white, whichever is easier to read."""
    scale = colormaps[SCALE]
    for (row, column), value in np.ndenumerate(grid):
        if math.isfinite(value):
            red, green, blue, _ = scale((value - low) / (high - low) if high > low else 0.0)
            ink = "black" if 0.3 * red + 0.59 * green + 0.11 * blue > _MIDDLE else "white"
            ax.text(column, row, numbers.number(value), ha="center", va="center", fontsize=8, color=ink)


def _short(prompt: str) -> str:
    text = label(prompt)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
