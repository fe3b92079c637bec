"""Pictures of any noun; one that fails becomes a caution, never the end of the page."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from evalkit import registry
from evalkit.nouns import Caution
from evalkit.reporting import theme
from evalkit.reporting.view import Figure
from evalkit.text.visible import visible

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
    figures: list[Figure] = []
    cautions: list[Caution] = []
    for name in registry.names("plots") if plots is None else plots:
        plot = registry.find("plots", name)
        if plot.accepts != type(subject).__name__:
            continue
        try:
            picture = plot.picture(subject)
        except Exception as error:  # noqa: BLE001 - a page without one picture is better than no page
            _log.warning("plot %s of %s failed", name, about, exc_info=True)
            cautions.append(_caution(name, about, error))
            continue
        figures.append(
            Figure(
                plot=name,
                caption=plot.caption,
                what=plot.what,
                alt=f"{plot.caption} {finding}",
                width=picture.width,
                height=picture.height,
                light=picture.svg,
                dark=theme.darkened(picture.svg),
            )
        )
    return tuple(figures), tuple(cautions)


def _caution(name: str, about: str, error: Exception) -> Caution:
    reason = visible(f"{type(error).__name__}: {error}", limit=200)
    return Caution(
        slug="plot-failed",
        fact=f"The plot {name} of {about} could not be drawn ({reason}).",
        meaning="The numbers are complete; only this picture is missing.",
        remedy="Read the table instead, and report the line above as a bug.",
    )
