"""The numbers of a report as rows with typed columns: what CSV and Parquet hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from evalkit.reporting.view import Known, Report

Cell: TypeAlias = str | float | int | None

COLUMNS: Mapping[str, type] = {
    **dict.fromkeys(("label", "metric", "unit", "scope", "prompt"), str),
    **dict.fromkeys(("temperature", "value", "low", "high", "level"), float),
    **dict.fromkeys(("n_prompts", "n_samples"), int),
    **dict.fromkeys(("undefined", "method", "estimand"), str),
    **dict.fromkeys(("these_low", "these_high"), float),
}
"""Names of the columns in their order, and what stands in them; None stands anywhere."""


def rows_of(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Yield one row for each metric and temperature, then one for each of its prompts and temperature.

    ``scope`` is ``mean`` for the mean over prompts and ``prompt`` for one prompt. Numbers are unrounded; a value that
    does not exist is None, with its reason in ``undefined``.
    """
    for section in report.metrics:
        head = (report.label, section.title, section.unit)
        for known in section.rows:
            yield (*head, "mean", "", *_cells(known))
        for row in section.prompts:
            for value in row.values:
                if value is not None:
                    yield (*head, "prompt", row.prompt, *_cells(value))


def _cells(known: Known) -> tuple[Cell, ...]:
    exact = (known.temperature, known.value, known.low, known.high, known.level, known.n_prompts, known.n_samples)
    these = (None, None) if known.these is None else known.these
    return (*exact, known.undefined or "", known.method, known.estimand, *these)
