"""JSON: the report for programs, numbers in full."""

from __future__ import annotations

from json import dumps

from evalkit.reporting.data import answers_of, numbers_of
from evalkit.reporting.view import Report


def json(report: Report) -> str:
    """Return the report as JSON in ASCII: unrounded numbers, null with a reason where there is no value."""
    tree = {**numbers_of(report), "samples": answers_of(report), "samples_note": report.samples_note}
    return dumps(tree, indent=2, allow_nan=False) + "\n"
