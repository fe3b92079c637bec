"""From a run to its page: what the verb `report` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from evalkit import registry
from evalkit.nouns import CellOutcomes
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.results import Results

PARQUET = "parquet"
"""The one form that is no text."""
_WITHOUT_PICTURES = frozenset({"markdown", "json", "csv", "junit"})


def rendered(results: Results, cells: Iterable[CellOutcomes], renderer: str) -> str:
    """Return a run's report as text: a page, a table for a pull request, or data.

    Args:
        results: What measuring the run gave.
        cells: The run's cells, prompts outermost.
        renderer: Name of a renderer.

    Raises:
        UnknownNameError: There is no renderer of that name.
    """
    make = registry.find("renderers", renderer)
    # Pictures take most of the time, and a table has none.
    plots: Sequence[str] | None = () if renderer in _WITHOUT_PICTURES else None
    text: str = make(assemble(findings(results), cells, plots=plots))
    return text


def written(results: Results, cells: Iterable[CellOutcomes], form: str) -> str | bytes:
    """Return a run's report as it goes into a file: text by a renderer, or the numbers as Parquet."""
    if form != PARQUET:
        return rendered(results, cells, form)
    from evalkit.parquet import report_table
    from evalkit.reporting.rows import COLUMNS, rows_of

    return report_table(COLUMNS, rows_of(assemble(findings(results), cells, plots=())))


def check_form(form: str) -> None:
    """Tell what can not be written before anything is measured.

    Raises:
        UnknownNameError: There is no renderer of that name.
        MissingExtraError: The package that writes Parquet is not installed.
    """
    if form != PARQUET:
        registry.find("renderers", form)
        return
    from evalkit.parquet import check_extra

    check_extra()


def findings(results: Results) -> Findings:
    """Return what the parts of a page are made from."""
    return Findings(**{field.name: getattr(results, field.name) for field in fields(Findings)})
