"""Pictures of a curve; one that fails becomes a note, never the end of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.nouns import Caution, Curve, Frontier
from evalkit.reporting.pictures import pictured
from evalkit.reporting.view import Figure

if TYPE_CHECKING:
    from evalkit.reporting.plots.base import Plot

_FIRST = ("curve", "frontier", "multiples", "heatmap", "strip")
_SUBJECTS = frozenset({Curve.__name__, Frontier.__name__})
MOST_BYTES = 400_000
"""SVG on one page; what comes after is left out, but for each metric's first picture."""


def plots_of_curves(names: Sequence[str] | None = None) -> tuple[Plot, ...]:
    """Return the plots that draw a curve: the named ones, or all, ours first and in the page's order.

    Args:
        names: Names of plots; None for every registered one.
    """
    if names is None:
        known = registry.names("plots")
        names = [*(n for n in _FIRST if n in known), *(n for n in known if n not in _FIRST)]
    found = [registry.find("plots", name) for name in names]
    return tuple(plot for plot in found if plot.accepts in _SUBJECTS)


def figures_of(
    curve: Curve,
    plots: Sequence[Plot],
    *,
    finding: str,
    room: int = MOST_BYTES,
    beside: Sequence[object] = (),
) -> tuple[tuple[Figure, ...], tuple[Caution, ...], str]:
    """Return the pictures of a curve, a caution for each that could not be drawn, and what was left out.

    Args:
        curve: What to draw.
        plots: How to draw it.
        finding: What the pictures show, in a sentence, for readers who do not see them.
        room: Bytes of SVG that may still be drawn; the first picture is drawn in any case.
        beside: Further nouns about it, such as the two curves it is made of, for plots that draw such.
    """
    subjects = {type(subject).__name__: subject for subject in (curve, *beside)}
    plots = [plot for plot in plots if plot.accepts in subjects]
    left_out = [plot.name for plot in plots[1:]] if room <= 0 else []
    drawn = plots[:1] if left_out else plots
    made = [pictured(plot, subjects[plot.accepts], finding=finding, about=curve.metric.title) for plot in drawn]
    figures = tuple(each for each in made if isinstance(each, Figure))
    cautions = tuple(each for each in made if isinstance(each, Caution))
    note = f"Left out to keep the page small: {', '.join(left_out)}. A report on fewer metrics shows them."
    return figures, cautions, note if left_out else ""
