"""From a run to its page: what the verb `report` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from evalkit import registry
from evalkit.nouns import CellOutcomes
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.results import Results

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


def table_of(results: Results, cells: Iterable[CellOutcomes]) -> bytes:
    """Return the numbers of a run's report as Parquet.

    Raises:
        MissingExtraError: The package that writes Parquet is not installed.
    """
    from evalkit.parquet import report_table
    from evalkit.reporting.rows import COLUMNS, rows_of

    return report_table(COLUMNS, rows_of(assemble(findings(results), cells, plots=())))


def findings(results: Results) -> Findings:
    """Return what the parts of a page are made from."""
    return Findings(**{field.name: getattr(results, field.name) for field in fields(Findings)})
