"""CSV: one row for each metric, temperature and prompt."""

from __future__ import annotations

import io
from collections.abc import Iterator
from csv import writer

from evalkit.reporting.escaping import no_formula as _safe
from evalkit.reporting.view import Known, Report

_COLUMNS = (
    "label",
    "metric",
    "unit",
    "scope",
    "prompt",
    "temperature",
    "value",
    "low",
    "high",
    "level",
    "n_prompts",
    "n_samples",
    "undefined",
    "method",
    "estimand",
    "these_low",
    "these_high",
)


def csv(report: Report) -> str:
    r"""Return the report as CSV by RFC 4180 (``\r\n``, quotes doubled).

    ``scope`` is ``mean`` for the mean over prompts and ``prompt`` for one prompt. Numbers are
    unrounded; a value that does not exist is empty, with its reason in ``undefined``. Text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    rows = writer(buffer)
    rows.writerow(_COLUMNS)
    rows.writerows(_rows(report))
    return buffer.getvalue()


def _rows(report: Report) -> Iterator[list[str]]:
    for section in report.metrics:
        head = [_safe(report.label), _safe(section.title), _safe(section.unit)]
        for known in section.rows:
            yield [*head, "mean", "", *_cells(known)]
        for row in section.prompts:
            for value in row.values:
                if value is not None:
                    yield [*head, "prompt", _safe(row.prompt), *_cells(value)]


def _cells(known: Known) -> list[str]:
    exact = (known.temperature, known.value, known.low, known.high, known.level, known.n_prompts, known.n_samples)
    words = (_safe(known.undefined or ""), _safe(known.method), known.estimand)
    these = known.these or ("", "")
    return [*("" if x is None else repr(x) for x in exact), *words, *(repr(x) if x != "" else "" for x in these)]
