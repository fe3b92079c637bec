"""A picture as the bytes of a file: PNG, SVG or PDF, on paper or on a dark ground."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgba, to_rgba_array

from evalkit.errors import UsageError
from evalkit.reporting.plots.base import Plot, style, to_svg
from evalkit.reporting.theme import DARK, LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 200
_NO_DATE: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}
FORMS = ("svg", *_NO_DATE)
"""What a picture can be written as; each is the ending of such a file."""

_INKS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")
_TO_DARK = {colour: DARK[role] for role, colour in LIGHT.items()}


def encoded(plot: Plot, subject: object, form: str, *, dark: bool = False) -> bytes:
    """Return the picture of a noun as the bytes of a file, the same ones for the same noun; no date is in them.

    Args:
        plot: How it is drawn.
        subject: What is drawn.
        form: One of `FORMS`.
        dark: Whether in the dark palette; the ground is filled either way, since such a file stands anywhere.

    Raises:
        UsageError: There is no such form.
    """
    check_form(form)
    with style(), mpl.rc_context({"savefig.bbox": "tight", "savefig.pad_inches": 0.12}):
        figure = plot.figure(subject)
        figure.set_facecolor(LIGHT["paper"])
        if dark:
            figure.draw_without_rendering()  # what is made only when it is drawn, such as ticks, is there now
            _darken(figure)
        if form == "svg":
            return (to_svg(figure).rstrip() + "\n").encode("utf-8", errors="backslashreplace")
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, dpi=_DOTS_PER_INCH, metadata=_NO_DATE[form])
        return buffer.getvalue()


def check_form(form: str) -> None:
    """Refuse what no picture can be written as.

    Raises:
        UsageError: There is no such form.
    """
    if form not in FORMS:
        raise UsageError(f"a picture can not be written as {form!r}", hint=f"end the file in one of {', '.join(FORMS)}")


def _darken(figure: Figure) -> None:
    """Exchange each colour of the light palette for its dark counterpart, wherever it is used."""
    for artist in figure.findobj():
        for ink in _INKS:
            get, put = getattr(artist, f"get_{ink}", None), getattr(artist, f"set_{ink}", None)
            if get is None or put is None:
                continue
            rows = to_rgba_array(get())
            shown = [_dark(row) for row in rows.tolist()]
            if shown != rows.tolist():
                put(shown if len(shown) > 1 else shown[0])


def _dark(colour: list[float]) -> list[float]:
    found = _TO_DARK.get(to_hex((colour[0], colour[1], colour[2])))
    return colour if found is None else [*to_rgba(found)[:3], colour[3]]
