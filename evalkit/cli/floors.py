"""Blocks on a terminal, such as the floor: tables to stdout for eyes, sentences to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.say import is_terminal, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.nouns import Floor, Sequential
    from evalkit.reporting.view import Table as ReportTable


def show_floor(floor: Floor) -> None:
    """Write what differs at temperature 0: as tables where somebody looks on, and in sentences."""
    from evalkit.reporting.blocks.floor import tables
    from evalkit.reporting.floor_words import sentences

    _show(tables(floor), sentences(floor))


def show_stopping(found: Sequential) -> None:
    """Write where sampling stopped and what it knew: as a table where somebody looks on, and in sentences."""
    from evalkit.reporting.sequential_words import sentences, table

    _show([table(found)], sentences(found))


def _show(tables: Sequence[ReportTable], sentences: Iterable[str]) -> None:
    if is_terminal():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        console = Console()
        for each in tables:
            shown = Table(title=Text(each.caption), title_justify="left", box=box.SIMPLE_HEAD)
            for name in each.columns:
                shown.add_column(name)
            for row in each.rows:
                shown.add_row(*map(Text, row))
            console.print(shown)
    for sentence in sentences:
        say(sentence)
