"""Drawing on axes that somebody else has, as in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from evalkit.errors import UsageError
from evalkit.reporting.plots.base import Plot, single_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def drawn_on(plot: Plot, subject: object, ax: Axes | None = None) -> Axes:
    """Return the axes that a noun was drawn on: those given, the present ones of pyplot, or some of their own.

    Raises:
        UsageError: The plot divides a whole figure by itself.
    """
    if plot.whole_figure:
        raise UsageError(f"{plot.name} needs a whole figure", hint=f"evalkit plot {plot.name} RUN -o {plot.name}.svg")
    with style():
        target = ax or _present() or single_axes(Figure(figsize=plot.size))
        plot.function(target, subject)
    return target


def _present() -> Axes | None:
    try:
        from matplotlib import pyplot as plt
    except ImportError:  # a backend that this machine can not have
        return None
    return plt.gca()
