"""The `@plot` decorator, and a figure as SVG.

A plot draws, in the light palette, on axes (or on a whole figure) it is given, from a noun it is
given. It opens no figure and computes no statistic. The same drawing in the dark palette is made
by exchanging colours.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from evalkit.nouns import ChangePoint, Metric
from evalkit.reporting import numbers
from evalkit.reporting.headline import heading
from evalkit.reporting.theme import LIGHT
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LETTERS = 80
"""Longest label in a picture: a label of 20,000 letters takes matplotlib 22 s."""
_PIXELS_PER_INCH = 96
_POINTS_PER_INCH = 72
MOST_TICKS = 12
_FULL_SHARE = 0.3
OURS = "ours"
"""Label of axes that were made here, for a picture that stays as it is."""

_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "evalkit",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "axes.unicode_minus": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": LIGHT["rule"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": LIGHT["rule"],
    "grid.linewidth": 0.7,
    "text.color": LIGHT["ink"],
    "xtick.labelcolor": LIGHT["muted"],
    "ytick.labelcolor": LIGHT["muted"],
    "xtick.bottom": False,
    "ytick.left": False,
    "path.simplify": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG in the light palette, and its size in CSS pixels."""

    svg: str
    """The picture; no date, no outside reference, the same bytes for the same noun."""
    width: int
    """Width."""
    height: int
    """Height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A way to draw a noun."""

    name: str
    """Name of the function, which is the name of its file."""
    caption: str
    """What is shown."""
    what: str
    """How to read it."""
    accepts: str
    """Name of the noun it draws, such as ``Curve``."""
    function: Callable[..., None]
    """Draws on axes, or on a figure when its first argument is called ``figure``."""
    whole_figure: bool
    """True when the function gets the figure, to divide it by itself."""
    size: tuple[float, float]
    """Width and height in inches, unless the function changes them."""
    least_prompts: int = 1
    """Fewest prompts at which the picture says something."""

    def picture(self, subject: object) -> Picture:
        """Return the picture of a noun."""
        with style():
            figure = self.figure(subject)
            width, height = (round(inches * _PIXELS_PER_INCH) for inches in figure.get_size_inches())
            return Picture(svg=to_svg(figure), width=width, height=height)

    def figure(self, subject: object) -> Figure:
        """Return the drawing of a noun; to be called, and turned into bytes, within `style`."""
        figure = Figure(figsize=self.size)
        self.function(figure if self.whole_figure else single_axes(figure), subject)
        return figure


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Set the look of every picture for as long as the context lasts."""
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # Letters that the measuring font lacks are drawn by the reader's own fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def plot(
    *, caption: str, what: str, size: tuple[float, float] = (7.6, 3.6), least_prompts: int = 1
) -> Callable[[Callable[..., None]], Plot]:
    """Return a decorator that makes a plot of a function ``(ax, noun)`` or ``(figure, noun)``.

    Args:
        caption: What is shown, in one sentence.
        what: How to read it, for someone who sees such a picture for the first time.
        size: Width and height in inches.
        least_prompts: Fewest prompts at which the picture says something.
    """

    def decorate(function: Callable[..., None]) -> Plot:
        canvas, subject = list(inspect.signature(function).parameters.values())[:2]
        noun = subject.annotation
        return Plot(
            name=function.__name__,
            caption=caption,
            what=what,
            accepts=noun if isinstance(noun, str) else noun.__name__,
            function=function,
            whole_figure=canvas.name == "figure",
            size=size,
            least_prompts=least_prompts,
        )

    return decorate


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG: the same bytes each time, no date, no outside reference, short numbers."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = re.sub(r"^.*?(?=<svg)", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("'DejaVu Sans', sans-serif", "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif")
    # A hundredth of a point is finer than any screen; transformations keep all their digits.
    return re.sub(r'(?<= d=")[^"]*', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg)


def single_axes(figure: Figure) -> Axes:
    """Return axes that fill a figure but for the room its labels need."""
    width, height = figure.get_size_inches()
    return figure.add_axes((0.62 / width, 0.62 / height, 1 - 0.8 / width, 1 - 1.12 / height), label=OURS)


def label(text: str) -> str:
    """Return text fit for a picture: nothing invisible, no line breaks, 80 characters at most."""
    line = visible(" ".join(text[: 2 * MOST_LETTERS].split()), keep="")
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}…"


def short(text: str, letters: int) -> str:
    """Return a label of at most so many letters."""
    line = label(text)
    return line if len(line) <= letters else f"{line[: letters - 1]}…"


def temperature_axis(
    ax: Axes, temperatures: Sequence[float], *, most: int = MOST_TICKS, room: float = 0.0, named: bool = True
) -> None:
    """Set ticks at the temperatures that were sampled, thinned when they would touch.

    Args:
        ax: Where.
        temperatures: In ascending order.
        most: Most ticks.
        room: Least room at both ends, in units of temperature.
        named: Whether to write ``temperature`` below.
    """
    ticks = thinned(temperatures, most)
    ax.set_xticks(ticks, [numbers.temperature(t) for t in ticks])
    ax.set_xlim(*axis_ends(temperatures, room))
    if named:
        ax.set_xlabel("temperature")


def thinned(temperatures: Sequence[float], most: int = MOST_TICKS) -> list[float]:
    """Return temperatures, so many of them left out evenly that no more than the most are left."""
    return list(temperatures)[:: -(-len(temperatures) // most) or 1]


def axis_ends(temperatures: Sequence[float], room: float) -> tuple[float, float]:
    """Return the ends of an axis of temperatures, with at least so much room at both."""
    low, high = (min(temperatures), max(temperatures)) if temperatures else (0.0, 1.0)
    room = max(room, 0.04 * (high - low)) or 0.5
    return low - room, high + room


def side_by_side(figure: Figure, titles: Sequence[str], *, head: float, foot: float) -> Iterator[Axes]:
    """Yield axes for panels beside one another over the whole figure, each with its title.

    Args:
        figure: Where.
        titles: What stands above each.
        head: Room above, in inches.
        foot: Room below, in inches.
    """
    whole, height = figure.get_size_inches()
    width = (whole - 0.1) / max(1, len(titles))
    for place, title in enumerate(titles):
        box = ((0.55 + place * width) / whole, foot / height, (width - 0.7) / whole, (height - head - foot) / height)
        ax = figure.add_axes(box, label=OURS)
        yield ax
        ax.set_title(title, loc="left", fontsize=9.5, color=LIGHT["ink"])


def shaded(ax: Axes, limit: ChangePoint | None, *, named: bool = True) -> None:
    """Shade the temperatures beyond which quality falls, if such are known; the axis must have its ends already.

    Args:
        ax: Where.
        limit: The fall, or None.
        named: Whether to write what the shade means.
    """
    low, high = ax.get_xlim()
    if limit is None or limit.temperature is None or limit.temperature >= high:
        return
    ax.axvspan(limit.temperature, high, color=LIGHT["warn"], alpha=0.13, linewidth=0, zorder=0)
    ax.axvline(limit.temperature, color=LIGHT["warn"], linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    if limit.low is not None and limit.high is not None:
        foot = ax.get_xaxis_transform()
        ends = (max(low, limit.low), min(high, limit.high))
        ax.plot(ends, (0.985, 0.985), color=LIGHT["warn"], linewidth=2.2, solid_capstyle="butt", transform=foot)
    if named:
        place: dict[str, Any] = {
            "xytext": (3, -12),
            "textcoords": "offset points",
            "xycoords": ax.get_xaxis_transform(),
        }
        ax.annotate("quality falls", (limit.temperature, 0.97), color=LIGHT["warn"], fontsize=8, **place)


def titled(ax: Axes, metric: Metric) -> None:
    """Write a metric's name and unit above the axes, from the left edge of the picture."""
    name = heading(metric)
    text = label(f"{name}, {metric.unit}" if metric.unit else name)
    place: dict[str, Any] = {"xytext": (-44, 22), "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(text, (0, 1), color=LIGHT["ink"], fontsize=10.5, fontweight="bold", **place)


def dots(ax: Axes, places: Sequence[tuple[float, float]], *, color: str, size: float, alpha: float = 1.0) -> None:
    """Draw dots as one path of very short strokes with round ends: a fifth of the bytes of as many markers.

    Args:
        ax: Where.
        places: Their centres.
        color: Their colour.
        size: Their diameter in points.
        alpha: How much they cover of what is below, in (0, 1].
    """
    low, high = ax.get_xlim()
    x, y = [p for p, _ in places], [p for _, p in places]
    # Snapped to pixels, a stroke this short would have no length, and not be drawn.
    strokes(ax, x, y, [p + 1e-4 * (high - low) for p in x], y, color=color, linewidth=size, alpha=alpha, snap=False)


def strokes(
    ax: Axes,
    x0: Sequence[float],
    y0: Sequence[float],
    x1: Sequence[float],
    y1: Sequence[float],
    **style: Any,  # noqa: ANN401 - handed on to matplotlib
) -> None:
    """Draw straight lines with round ends, from (x0, y0) to (x1, y1), as one path."""
    gap = float("nan")
    x = [x for pair in zip(x0, x1, strict=True) for x in (*pair, gap)]
    y = [y for pair in zip(y0, y1, strict=True) for y in (*pair, gap)]
    ax.plot(x, y, solid_capstyle="round", **style)


def value_limits(values: Sequence[float], bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of a value axis: the whole range if the data fill a good part of it, else the data's own."""
    finite = [value for value in values if abs(value) != float("inf")]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    whole = bounds[1] - bounds[0]
    if whole != float("inf") and high - low > _FULL_SHARE * whole:
        low, high = bounds
    room = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
    return low - room, high + room
