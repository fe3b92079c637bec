"""Comparisons for eyes on a terminal, as tab-separated columns when piped, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from evalkit.cli.matching import matched_table
from evalkit.cli.say import caution, is_terminal, put, say
from evalkit.nouns import Comparison, Contrast, Verdict
from evalkit.reporting import numbers
from evalkit.reporting.comparison_data import as_numbers
from evalkit.reporting.contrast_cells import COLUMNS, Cell, contrast_cells, likeness_cells
from evalkit.reporting.contrast_rows import WHOLE, remark_of
from evalkit.reporting.escaping import no_formula
from evalkit.text.counting import counted
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from rich.table import Table


def show_comparisons(comparisons: Sequence[Comparison]) -> None:
    """Write comparisons to stdout, what to know before reading them to stderr: settings that differ first."""
    for each in comparisons:
        _say_before(each)
    if not is_terminal():
        put("\n".join(_lines(comparisons)))
        return
    from rich.console import Console

    console = Console()
    for each in comparisons:
        console.print(_table(each))
        console.print(_likeness(each))
        if (matched := matched_table(each)) is not None:
            console.print(matched)


def as_json(comparisons: Sequence[Comparison]) -> str:
    """Return comparisons as JSON, each with everything it holds but its curves."""
    return json.dumps({"comparisons": [as_numbers(each) for each in comparisons]}, indent=2, allow_nan=False)


def summary(comparison: Comparison) -> str:
    """Return the verdicts in one line, such as ``cut against main: 2 higher, 9 lower, ...``."""
    counts = ", ".join(f"{comparison.count(verdict)} {verdict.value}" for verdict in Verdict)
    on = f"{counted(len(comparison.prompts), 'prompt')}, {counted(len(comparison.temperatures), 'temperature')}"
    return f"{comparison.candidate} against {comparison.baseline} on {on}: {counts}"


def _say_before(comparison: Comparison) -> None:
    for setting in comparison.settings:
        say(f"settings differ, {setting}")
    for left_out in comparison.left_out:
        say(f"left out, {left_out}")
    say(summary(comparison))
    caution(comparison.cautions)


def _lines(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "\t".join(("baseline", "candidate", *COLUMNS, "undefined"))
    for comparison in comparisons:
        names = comparison.baseline, comparison.candidate
        for each in comparison.contrasts:
            yield "\t".join(map(_text, (*names, *contrast_cells(each), each.undefined)))
        for found in comparison.discrepancies:
            yield "\t".join(map(_text, (*names, *likeness_cells(found), None)))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return no_formula(visible(cell, keep=""))
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _table(comparison: Comparison) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = f"{visible(summary(comparison))}; {100 * comparison.level:.4g}% intervals, p adjusted over all (Holm)"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("metric", "T", "baseline", "candidate", "difference", "p", "verdict"):
        table.add_column(column, no_wrap=column != "verdict", justify="left" if column == "metric" else "right")
    for each in comparison.contrasts:
        table.add_row(*(Text(cell) for cell in _row(each)))
    return table


def _row(each: Contrast) -> list[str]:
    where = WHOLE.get(each.quantity) or numbers.temperature(each.temperature or 0.0)
    name = visible(each.metric, limit=40)
    if each.difference is None:
        return [name, where, "", "", "", "", f"undefined: {visible(each.undefined or '', limit=60)}"]
    values = [numbers.number(value or 0.0) for value in (each.baseline, each.candidate)]
    p = "" if each.p_adjusted is None else numbers.p_alone(each.p_adjusted)
    return [name, where, *values, numbers.value_and_interval(each.difference, each.interval), p, _said(each)]


def _said(each: Contrast) -> str:
    if each.verdict is not Verdict.INCONCLUSIVE:
        return each.verdict.name
    what_settles = remark_of(each)
    return f"inconclusive; {what_settles}" if what_settles else "inconclusive"


def _likeness(comparison: Comparison) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = "do they answer alike? discrepancy by likeness of texts; noise floor: the baseline against itself"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("likeness", "T", "discrepancy", "noise floor", "p", "verdict"):
        table.add_column(column, no_wrap=True, justify="left" if column == "likeness" else "right")
    for each in comparison.discrepancies:
        table.add_row(
            each.kernel,
            numbers.temperature(each.temperature),
            numbers.number(each.value),
            "" if each.floor is None else numbers.number(each.floor),
            numbers.p_alone(each.p_adjusted),
            "DIFFERENT" if each.differs else "no difference shown",
        )
    return table
