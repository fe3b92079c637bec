"""JSON: comparisons for programs, numbers in full."""

from __future__ import annotations

from json import dumps

from evalkit.reporting.comparison_data import comparison_numbers
from evalkit.reporting.sides import ComparisonReport


def json(report: ComparisonReport) -> str:
    """Return comparisons as JSON in ASCII: unrounded numbers, null with a reason where there is none, no answers."""
    return dumps(comparison_numbers(report), indent=2, allow_nan=False) + "\n"
