"""Findings about an endpoint as rows of a table: what terminal and page show of them."""

from __future__ import annotations

from collections.abc import Iterable

from evalkit.nouns import Finding
from evalkit.reporting import numbers
from evalkit.text.visible import visible

COLUMNS = ("subject", "conduct", "evidence", "p", "requests")


def rows_of(findings: Iterable[Finding]) -> tuple[tuple[str, ...], ...]:
    """Return a row of texts for each finding, in the order of `COLUMNS`."""
    return tuple(map(_row, findings))


def _row(each: Finding) -> tuple[str, ...]:
    p_value = each.p_value if each.p_adjusted is None else each.p_adjusted
    settle = f"; to settle it: {each.settle}" if each.settle else ""
    return (
        visible(each.subject, keep=""),
        each.conduct.value,
        visible(each.evidence + settle, keep=""),
        "" if p_value is None else numbers.p_alone(p_value),
        numbers.count(each.n_requests),
    )
