"""CSV: one row for each metric, temperature and prompt."""

from __future__ import annotations

import io
from csv import writer

from evalkit.reporting.escaping import no_formula as _safe
from evalkit.reporting.rows import COLUMNS, Cell, rows_of
from evalkit.reporting.view import Report


def csv(report: Report) -> str:
    r"""Return the report as CSV by RFC 4180 (``\r\n``, quotes doubled).

    ``scope`` is ``mean`` for the mean over prompts and ``prompt`` for one prompt. Numbers are
    unrounded; a value that does not exist is empty, with its reason in ``undefined``. Text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    rows = writer(buffer)
    rows.writerow(COLUMNS)
    rows.writerows([_text(cell) for cell in row] for row in rows_of(report))
    return buffer.getvalue()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return _safe(cell) if isinstance(cell, str) else repr(cell)
