"""From a run to its page: what the verb `report` does."""

from __future__ import annotations

from collections.abc import Iterable

from evalkit import registry
from evalkit.nouns import CellOutcomes
from evalkit.reporting.assemble import assemble
from evalkit.reporting.numbers import temperature_sent
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
    # Pictures take most of the time and all answers most of the room: tables and data hold neither.
    table = renderer in _WITHOUT_PICTURES
    with temperature_sent(results.run.suite.send_temperature):
        text: str = make(assemble(results, cells, plots=() if table else None, explored=not table))
    return text


def written(results: Results, cells: Iterable[CellOutcomes], form: str) -> str | bytes:
    """Return a run's report as it goes into a file: text by a renderer, or the numbers as Parquet."""
    if form != PARQUET:
        return rendered(results, cells, form)
    from evalkit.parquet import report_table
    from evalkit.reporting.rows import COLUMNS, rows_of

    return report_table(COLUMNS, rows_of(assemble(results, cells, plots=(), explored=False)))


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
