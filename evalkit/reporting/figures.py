"""Pictures of a curve; one that fails becomes a note, never the end of the page."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.nouns import Caution, Curve, Frontier
from evalkit.reporting import theme
from evalkit.reporting.view import Figure
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.reporting.plots.base import Plot

_FIRST = ("curve", "frontier", "multiples", "heatmap", "strip")
_SUBJECTS = frozenset({Curve.__name__, Frontier.__name__})
MOST_BYTES = 1_000_000
"""SVG on one page; what comes after is left out, but for each metric's first picture."""
_log = logging.getLogger(__name__)


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
    figures: list[Figure] = []
    cautions: list[Caution] = []
    for plot in plots[:1] if left_out else plots:
        try:
            picture = plot.picture(subjects[plot.accepts])
        except Exception as error:  # noqa: BLE001 - a page without one picture is better than no page
            _log.warning("plot %s of %s failed", plot.name, curve.metric.name, exc_info=True)
            cautions.append(_caution(plot.name, curve, error))
            continue
        figures.append(
            Figure(
                plot=plot.name,
                caption=plot.caption,
                what=plot.what,
                alt=f"{plot.caption} {finding}",
                width=picture.width,
                height=picture.height,
                light=picture.svg,
                dark=theme.darkened(picture.svg),
            )
        )
    note = f"Left out to keep the page small: {', '.join(left_out)}. A report on fewer metrics shows them."
    return tuple(figures), tuple(cautions), note if left_out else ""


def _caution(name: str, curve: Curve, error: Exception) -> Caution:
    reason = visible(f"{type(error).__name__}: {error}", limit=200)
    return Caution(
        slug="plot-failed",
        fact=f"The plot {name} of {curve.metric.title} could not be drawn ({reason}).",
        meaning="The numbers are complete; only this picture is missing.",
        remedy="Read the table instead, and report the line above as a bug.",
    )
