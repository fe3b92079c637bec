"""Matched temperatures for eyes on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.nouns import Comparison
from evalkit.reporting import numbers
from evalkit.reporting.matched_words import as_text, by_metric, edges
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from rich.table import Table


def matched_table(comparison: Comparison) -> Table | None:
    """Return the candidate's temperatures that are as diverse as the baseline's, by metric; None without any."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    metrics = by_metric(comparison.matches)
    if not metrics:
        return None
    names = [visible(name, limit=40) for name in (comparison.candidate, comparison.baseline)]
    title = f"at which temperature is {names[0]} as diverse as {names[1]} at its own?"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("metric", no_wrap=True)
    for column in (f"T of {names[1]}", f"T of {names[0]}"):
        table.add_column(Text(column), justify="right")
    for title, matches in metrics.items():
        ends = edges(matches)
        for each in matches:
            row = (visible(title, limit=40), numbers.temperature(each.temperature), as_text(each, ends))
            table.add_row(*map(Text, row))
    return table
