"""Course: answers by part of the run, one line for each temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.nouns import Course, Courses
from evalkit.reporting.plots.base import dots, plot, side_by_side, strokes, value_limits
from evalkit.reporting.plots.scales import scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_LINES = 6
_PALEST = 0.4
_WIDTH = 7.6
_HEIGHT = 3.1
_NAMES = {
    "words": "length, words",
    "likeness": "likeness to the first part",
    "latency": "latency, s",
}


@plot(
    caption="Answers by part of the run.",
    what="From left to right the run goes on; each line is one temperature, the hotter the paler, as the mean over "
    "prompts, with an interval that leaves out what differs between prompts. Level lines are a run in which nothing "
    "moved; likeness is the share of words in common with the answers of the first part.",
    size=(_WIDTH, _HEIGHT),
)
def course(figure: Figure, courses: Courses) -> None:
    """Draw a panel for each quantity, with at most six temperatures, evenly chosen."""
    figure.set_size_inches(_WIDTH, _HEIGHT)
    panels = [name for name in _NAMES if any(each.quantity == name for each in courses.courses)]
    axes = side_by_side(figure, [_NAMES[name] for name in panels], head=0.45, foot=0.75)
    for ax, name in zip(axes, panels, strict=True):
        _panel(ax, _chosen([each for each in courses.courses if each.quantity == name]))
        if ax is figure.axes[0]:
            ax.legend(
                *ax.get_legend_handles_labels(),
                frameon=False,
                fontsize=8,
                ncols=_MOST_LINES,
                loc="upper left",
                bbox_to_anchor=(0.02, 0.11),
                bbox_transform=figure.transFigure,
                labelcolor=LIGHT["ink"],
            )


def _chosen(courses: Sequence[Course]) -> list[Course]:
    """Return at most six of them, evenly chosen, the first and the last among them."""
    last, n = len(courses) - 1, min(len(courses), _MOST_LINES)
    return [courses[round(k * last / max(1, n - 1))] for k in range(n)]


def _panel(ax: Axes, shown: list[Course]) -> None:
    ends = [e for each in shown for s in each.stretches if s.interval for e in (s.interval.low, s.interval.high)]
    values = [s.value for each in shown for s in each.stretches if s.value is not None]
    n_parts = max((len(each.stretches) for each in shown), default=1)
    ax.set_xlim(0.5, n_parts + 0.5)
    ax.set_ylim(*value_limits([*values, *ends], (0.0, float("inf"))))
    scales(ax, [(part, f"{part}") for part in range(1, n_parts + 1)], "part of the run")
    for place, each in enumerate(shown):
        pale = 1.0 - (1.0 - _PALEST) * place / max(1, len(shown) - 1)
        aside = 0.3 * (place / max(1, len(shown) - 1) - 0.5) if len(shown) > 1 else 0.0
        places = [(k + aside, s) for k, s in enumerate(each.stretches, start=1) if s.value is not None]
        x, y = [x for x, _ in places], [s.value for _, s in places if s.value is not None]
        ax.plot(x, y, color=LIGHT["accent"], alpha=pale, linewidth=1.5, label=f"T = {each.temperature:g}")
        held = [(x, s.interval) for x, s in places if s.interval is not None]
        xs = [x for x, _ in held]
        strokes(
            ax,
            xs,
            [i.low for _, i in held],
            xs,
            [i.high for _, i in held],
            color=LIGHT["accent"],
            alpha=pale,
            linewidth=1,
        )
        dots(ax, list(zip(x, y, strict=True)), color=LIGHT["accent"], size=4, alpha=pale)
