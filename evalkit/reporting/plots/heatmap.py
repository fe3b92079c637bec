"""Heatmap: prompt by temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps

from evalkit.nouns import Curve
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import plot, short, strokes
from evalkit.reporting.plots.scales import sheet, ticks_within, wrote
from evalkit.reporting.theme import LIGHT, SCALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 120
_LETTERS = 28
_MOST_WRITTEN = 130
_MIDDLE = 0.55
_WIDTH = 7.6
_GAP = 7 / 72
"""Inches between the cells and what is written about them."""
_LINE = 0.2
"""Inches from the temperatures to the word below them."""


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
    left = 0.25 + 0.075 * max((len(short(name, _LETTERS)) for name in names), default=1)
    tall = len(names) * (0.3 if roomy else 0.17) + 0.08
    figure.set_size_inches(_WIDTH, tall + 0.72)
    ax = sheet(figure)
    box = _Box(left=left, right=_WIDTH - 1.0, foot=0.62, top=0.62 + tall, rows=grid.shape[0], columns=grid.shape[1])
    known = grid[np.isfinite(grid)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    top = high if high > low else low + 1
    _coloured(ax, grid, (box.left, box.right, box.foot, box.top), low, top)
    _name(ax, box, names, curve, size=8.5 if roomy else 7)
    if roomy:
        _part(ax, box)
        _write(ax, box, grid, low, top)
    if high > low:
        _scale(ax, box, low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """Where the cells are, in inches."""

    left: float
    right: float
    foot: float
    top: float
    rows: int
    columns: int

    def x(self, column: float) -> float:
        """Return where a column is; it begins at its number, and its middle is half more."""
        return self.left + column * (self.right - self.left) / self.columns

    def y(self, row: float) -> float:
        """Return where a row is, from the top."""
        return self.top - row * (self.top - self.foot) / self.rows


def _coloured(
    ax: Axes, grid: npt.NDArray[np.float64], extent: tuple[float, float, float, float], low: float, high: float
) -> None:
    """Draw a grid as an image whose first row is the upper one."""
    ax.imshow(grid, cmap=SCALE, aspect="auto", interpolation="none", extent=extent, vmin=low, vmax=high)


def _name(ax: Axes, box: _Box, names: list[str], curve: Curve, *, size: float) -> None:
    """Write the prompts to the left, and the temperatures below."""
    for row, name in enumerate(names):
        place = (box.left - _GAP, box.y(row + 0.5))
        wrote(ax, place, short(name, _LETTERS), ha="right", va="center_baseline", fontsize=size)
    for column, point in enumerate(curve.points):
        place = (box.x(column + 0.5), box.foot - _GAP)
        wrote(ax, place, numbers.temperature(point.temperature), ha="center", va="top")
    below = (box.left + box.right) / 2, box.foot - _GAP - _LINE
    wrote(ax, below, "temperature", ha="center", va="top")


def _scale(ax: Axes, box: _Box, low: float, high: float) -> None:
    """Draw what the colours mean: the lowest value at the foot, the highest at the top."""
    left, right = _WIDTH - 0.75, _WIDTH - 0.63
    _coloured(ax, np.linspace(1, 0, 256)[:, None], (left, right, box.foot, box.top), 0.0, 1.0)
    tall = box.top - box.foot
    for value, text in ticks_within(low, high, most=max(1, min(8, round(3 * tall)))):
        place = (right + _GAP, box.foot + tall * (value - low) / (high - low))
        wrote(ax, place, text, va="center_baseline", fontsize=7.5)


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


def _part(ax: Axes, box: _Box) -> None:
    """Draw the ground between the cells."""
    across = [(box.left, box.y(row), box.right, box.y(row)) for row in range(1, box.rows)]
    down = [(box.x(column), box.foot, box.x(column), box.top) for column in range(1, box.columns)]
    x0, y0, x1, y1 = zip(*across, *down, strict=True) if across or down else ((), (), (), ())
    strokes(ax, x0, y0, x1, y1, color=LIGHT["paper"], linewidth=2)


def _write(ax: Axes, box: _Box, grid: npt.NDArray[np.float64], low: float, top: float) -> None:
    """Write each value into its cell, in black or white, whichever is easier to read."""
    scale = colormaps[SCALE]
    decimals = numbers.decimals_for((top - low) / 5)
    for (row, column), value in np.ndenumerate(grid):
        if math.isfinite(value):
            red, green, blue, _ = scale((value - low) / (top - low))
            ink = "black" if 0.3 * red + 0.59 * green + 0.11 * blue > _MIDDLE else "white"
            text = numbers.number(value, decimals=decimals)
            place = (box.x(column + 0.5), box.y(row + 0.5))
            wrote(ax, place, text, ha="center", va="center", fontsize=8, color=ink)
