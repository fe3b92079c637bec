"""Forest: the differences of one metric with their intervals, around zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.nouns import Contrast, Forest, Quantity, Verdict
from evalkit.reporting import numbers
from evalkit.reporting.plots.base import label, plot, strokes
from evalkit.reporting.plots.scales import scales
from evalkit.reporting.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_MARKS = {
    Verdict.HIGHER: ("accent", "^", True),
    Verdict.LOWER: ("second", "v", True),
    Verdict.EQUIVALENT: ("good", "s", True),
    Verdict.INCONCLUSIVE: ("muted", "o", False),
}
_WIDTH = 0.34  # half the width of the margin's band, in rows
_MOST_NAMED = 18


@plot(
    caption="Candidate minus baseline.",
    what="Each mark is the difference at one temperature, its line the interval; the rule is zero, the shade reaches "
    "as far as a difference was said not to matter. A triangle up, in the candidate's colour, is higher; one down, in "
    "the baseline's, is lower; a square is equivalent: its interval lies within the shade. A hollow dot is "
    "inconclusive, which is not the same as no difference; a cross at the foot marks what could not be contrasted.",
    size=(7.6, 3.0),
)
def forest(ax: Axes, forest: Forest) -> None:
    """Draw the differences in a row: one for each temperature, then the mean over all."""
    shown = [each for each in forest.contrasts if each.quantity is not Quantity.SLOPE]
    ax.set_xlim(-0.6, max(len(shown), 1) - 0.4)
    ax.set_ylim(*_limits(shown))
    ax.axhline(0.0, color=LIGHT["ink"], linewidth=1.0, zorder=2)
    _margins(ax, shown)
    held = [(x, each, each.interval) for x, each in enumerate(shown) if each.interval is not None]
    for verdict, (role, _, _) in _MARKS.items():
        own = [(x, ends) for x, each, ends in held if each.verdict is verdict]
        places = [float(x) for x, _ in own]
        lows, highs = [ends.low for _, ends in own], [ends.high for _, ends in own]
        strokes(ax, places, lows, places, highs, color=LIGHT[role], linewidth=2.2, zorder=3)
    for x, each in enumerate(shown):
        _mark(ax, x, each)
    step = -(-len(shown) // _MOST_NAMED) if shown else 1
    named = [(x, each) for x, each in enumerate(shown) if x % step == 0 or each.temperature is None]
    scales(ax, [(x, _name(each)) for x, each in named], "temperature")
    _title(ax, forest)


def _mark(ax: Axes, x: int, each: Contrast) -> None:
    if each.difference is None:
        ax.plot(x, 0.04, "x", color=LIGHT["muted"], transform=ax.get_xaxis_transform(), markersize=6)
        return
    role, marker, full = _MARKS[each.verdict]
    color = LIGHT[role]
    ax.plot(x, each.difference, marker, color=color, markerfacecolor=color if full else LIGHT["paper"], markersize=7.5)


def _margins(ax: Axes, shown: Sequence[Contrast]) -> None:
    """Shade what was said not to matter: a margin of its own at each place, for some are shares of the value."""
    for x, each in enumerate(shown):
        if each.margin is not None:
            reach = [x - _WIDTH, x + _WIDTH]
            ax.fill_between(reach, [-each.margin] * 2, [each.margin] * 2, color=LIGHT["good"], alpha=0.16, linewidth=0)


def _limits(shown: Sequence[Contrast]) -> tuple[float, float]:
    """Return the ends of the axis: zero, every difference and every interval are on it, at most four times as wide."""
    found = [each.difference for each in shown if each.difference is not None]
    ends = [end for each in shown if each.interval is not None for end in (each.interval.low, each.interval.high)]
    margins = [sign * each.margin for each in shown if each.margin is not None for sign in (-1.0, 1.0)]
    reach = max((abs(value) for value in [*found, *margins]), default=0.0)
    # One interval without end must not press all others flat: it leaves the picture, and the table has it.
    most = max(6.0 * reach, min((abs(end) for end in ends), default=0.0)) or 1.0
    places = [0.0, *found, *margins, *(max(-most, min(most, end)) for end in ends)]
    room = 0.08 * (max(places) - min(places)) or 0.5
    return min(places) - room, max(places) + room


def _name(each: Contrast) -> str:
    return "mean" if each.temperature is None else numbers.temperature(each.temperature)


def _title(ax: Axes, forest: Forest) -> None:
    what = f"{forest.words}: difference{f', {forest.unit}' if forest.unit else ''}"
    place: dict[str, Any] = {"xytext": (-44, 14), "xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(label(what), (0, 1), color=LIGHT["ink"], fontsize=10.5, fontweight="bold", **place)
