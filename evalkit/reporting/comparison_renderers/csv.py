"""CSV: one row for each contrast and each discrepancy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from csv import writer

from evalkit.reporting.contrast_cells import COLUMNS, Cell, contrast_cells, likeness_cells
from evalkit.reporting.escaping import no_formula
from evalkit.reporting.sides import ComparisonReport, ContrastRow

_COLUMNS = ("baseline", "candidate", *COLUMNS, "outcome", "undefined")


def csv(report: ComparisonReport) -> str:
    r"""Return a comparison as CSV by RFC 4180 (``\r\n``, quotes doubled).

    ``quantity`` is ``value``, ``mean`` or ``slope`` for contrasts and ``discrepancy`` for likenesses of texts, whose
    noise floor stands under ``high``. Numbers are unrounded; what does not exist is empty, with its reason in
    ``undefined``. Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    rows = writer(buffer)
    rows.writerow(_COLUMNS)
    for section in report.sections:
        head = [no_formula(section.baseline), no_formula(section.candidate)]
        rows.writerows([*head, *_contrast(row)] for row in section.rows)
        rows.writerows([*head, *map(_text, likeness_cells(each)), "", ""] for each in section.numbers.discrepancies)
    return buffer.getvalue()


def _contrast(row: ContrastRow) -> Iterator[str]:
    yield from map(_text, contrast_cells(row.contrast))
    yield from (row.outcome, no_formula(row.contrast.undefined or ""))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return no_formula(cell) if isinstance(cell, str) else repr(cell)
