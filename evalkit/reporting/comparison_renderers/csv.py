"""CSV: one row for each contrast and each discrepancy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from csv import writer

from evalkit.nouns import Discrepancy
from evalkit.reporting.escaping import no_formula
from evalkit.reporting.sides import ComparisonReport, ContrastRow

_COLUMNS = (
    *("baseline", "candidate", "metric", "quantity", "temperature", "baseline_value", "candidate_value", "difference"),
    *("low", "high", "p_value", "p_adjusted", "margin", "verdict", "n_needed", "needed_of", "n_prompts", "estimand"),
    *("outcome", "undefined"),
)


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
        rows.writerows([*head, *_likeness(each)] for each in section.numbers.discrepancies)
    return buffer.getvalue()


def _contrast(row: ContrastRow) -> Iterator[str]:
    each = row.contrast
    ends = (None, None) if each.interval is None else (each.interval.low, each.interval.high)
    yield from (no_formula(row.metric), each.quantity.value)
    yield from map(_number, (each.temperature, each.baseline, each.candidate, each.difference, *ends))
    yield from map(_number, (each.p_value, each.p_adjusted, each.margin))
    yield from ("" if each.difference is None else row.verdict, _number(each.n_needed), each.needed_of)
    yield from (str(each.n_prompts), each.estimand.value, row.outcome, no_formula(each.undefined or ""))


def _likeness(each: Discrepancy) -> Iterator[str]:
    yield from (no_formula(each.kernel), "discrepancy", _number(each.temperature), "", "", _number(each.value))
    yield from ("", _number(each.floor), _number(each.p_value), _number(each.p_adjusted), "")
    yield from ("different" if each.differs else "inconclusive", "", "", str(each.n_prompts), "these prompts", "", "")


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
