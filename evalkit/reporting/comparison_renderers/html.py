"""HTML: a page about a comparison, in one file that loads nothing."""

from __future__ import annotations

from evalkit.reporting.comparison_data import comparison_numbers
from evalkit.reporting.renderers.html import page, script_data
from evalkit.reporting.sides import MARKS, ComparisonReport
from evalkit.reporting.versus import SIGNS


def html(report: ComparisonReport) -> str:
    """Return a comparison as one HTML page that loads nothing: verdicts, settings, curves, answers side by side.

    Equal reports give equal text.
    """
    return page(
        "comparison.html.j2",
        report=report,
        verdicts={sign: verdict for verdict, sign in MARKS.items() if verdict != "undefined"},
        signs=SIGNS,
        data=script_data(comparison_numbers(report)),
    )
