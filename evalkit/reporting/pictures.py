"""Pictures of any noun; one that fails becomes a caution, never the end of the page."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.nouns import Caution
from evalkit.reporting import theme
from evalkit.reporting.compact import compacted
from evalkit.reporting.view import Figure
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.reporting.plots.base import Plot

_log = logging.getLogger(__name__)


def pictures(
    subject: object, plots: Sequence[str] | None, *, finding: str, about: str
) -> tuple[tuple[Figure, ...], tuple[Caution, ...]]:
    """Return a noun's pictures, one for each registered plot that draws such a noun, and what could not be drawn.

    Args:
        subject: What to draw.
        plots: Names of the plots that are wanted; None for all, empty for none.
        finding: What the pictures show, in a sentence, for readers who do not see them.
        about: What the noun is, in words, for the caution about a picture that failed.
    """
    found = (registry.find("plots", name) for name in (registry.names("plots") if plots is None else plots))
    drawn = (plot for plot in found if plot.accepts == type(subject).__name__)
    made = [pictured(plot, subject, finding=finding, about=about) for plot in drawn]
    return tuple(e for e in made if isinstance(e, Figure)), tuple(e for e in made if isinstance(e, Caution))


def pictured(plot: Plot, subject: object, *, finding: str, about: str) -> Figure | Caution:
    """Return a noun's picture by one plot, or the caution that it could not be drawn.

    Args:
        plot: How to draw it.
        subject: What to draw.
        finding: What the picture shows, in a sentence, for readers who do not see it.
        about: What the noun is, in words, for the caution.
    """
    try:
        picture = plot.picture(subject)
        svg = compacted(picture.svg)
    except Exception as error:  # noqa: BLE001 - a page without one picture is better than no page
        _log.warning("plot %s of %s failed", plot.name, about, exc_info=True)
        return _caution(plot.name, about, error)
    return Figure(
        plot=plot.name,
        caption=plot.caption,
        what=plot.what,
        alt=f"{plot.caption} {finding}",
        width=picture.width,
        height=picture.height,
        light=svg,
        dark=theme.darkened(svg),
    )


def _caution(name: str, about: str, error: Exception) -> Caution:
    reason = visible(f"{type(error).__name__}: {error}", limit=200)
    return Caution(
        slug="plot-failed",
        fact=f"The plot {name} of {about} could not be drawn ({reason}).",
        meaning="The numbers are complete; only this picture is missing.",
        remedy="Read the table instead, and report the line above as a bug.",
    )
