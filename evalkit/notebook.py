"""Nouns as a notebook shows them; what a noun's own `plot` and `_repr_html_` call, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.nouns import Comparison, Curve

if TYPE_CHECKING:
    from evalkit.results import Results


def drawn(curve: Curve, ax: Any = None) -> Any:  # noqa: ANN401 - matplotlib's axes, which a noun can not name
    """Return the axes that a curve was drawn on: those given, or the present ones of pyplot.

    Nothing is shown or saved; where pyplot can not be had, the axes belong to a figure of their own.
    """
    from evalkit.reporting.plots.axes import drawn_on
    from evalkit.reporting.plots.curve import curve as plot

    return drawn_on(plot, curve, ax)


def card(noun: Curve | Comparison | Results) -> str:
    """Return HTML of a curve, a comparison or all results: escaped, with its picture in it, without a script."""
    from evalkit.reporting import cards, numbers

    if isinstance(noun, Curve):
        return cards.curve_card(noun)
    if isinstance(noun, Comparison):
        return cards.comparison_card(noun)
    with numbers.temperature_sent(noun.run.suite.send_temperature):
        return cards.results_card(noun)
