"""The floor on a terminal: tables to stdout for eyes, sentences to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.say import is_terminal, say

if TYPE_CHECKING:
    from evalkit.nouns import Floor


def show_floor(floor: Floor) -> None:
    """Write what differs at temperature 0: as tables where somebody looks on, and in sentences."""
    from evalkit.reporting.floor_words import sentences

    if is_terminal():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        from evalkit.reporting.blocks.floor import tables

        console = Console()
        for each in tables(floor):
            shown = Table(title=Text(each.caption), title_justify="left", box=box.SIMPLE_HEAD)
            for name in each.columns:
                shown.add_column(name)
            for row in each.rows:
                shown.add_row(*map(Text, row))
            console.print(shown)
    for sentence in sentences(floor):
        say(sentence)
