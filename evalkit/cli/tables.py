"""Curves as a table: for eyes on a terminal, as tab-separated columns when piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit import api
from evalkit.cli.floors import show_floor, show_stopping
from evalkit.cli.running import measured_with_progress
from evalkit.cli.say import caution, is_terminal, put, say
from evalkit.nouns import Panel, merged
from evalkit.reporting import numbers
from evalkit.reporting.escaping import no_formula
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.table import Table

    from evalkit.nouns import Caution, Curve, Point, Run
    from evalkit.nouns.ports import Store
    from evalkit.results import Results

_COLUMNS = ("metric", "temperature", "value", "low", "high", "n_prompts", "n_samples", "undefined", "estimand")
_BEHIND = "behind the front: parts of it, and the literature panel, which drifts"
_SIDES = 36  # columns of a screen that names and trends take
_COLUMN = 14  # columns of a screen that one temperature takes


def show_results(results: Results) -> None:
    """Write the curves of a run to stdout, and a temperature for each aim to stderr."""
    with numbers.temperature_sent(results.run.suite.send_temperature):
        _show_curves(results)
    if results.floor is not None:
        show_floor(results.floor)
    if results.sequential is not None:
        show_stopping(results.sequential)
    for each in results.advice:
        say(f"{each.aim}: {each.sentence}")


def _show_curves(results: Results) -> None:
    if not is_terminal():
        put(_plain(results))
        return
    from rich.console import Console

    console = Console()
    temperatures = sorted({point.temperature for curve in results.values() for point in curve.points})
    side_by_side = max(1, (console.width - _SIDES) // _COLUMN)
    front = {title: curve for title, curve in results.items() if curve.metric.panel is Panel.FRONT}
    literature = {title: curve for title, curve in results.items() if curve.metric.panel is not Panel.FRONT}
    for curves, what in (
        (front, ""),
        (literature, _BEHIND),
    ):
        for start in range(0, len(temperatures) if curves else 0, side_by_side):
            console.print(_table(results, curves, temperatures[start : start + side_by_side], what))


def _table(results: Results, curves: Mapping[str, Curve], temperatures: Sequence[float], what: str) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    level = next((p.estimate.interval.level for c in results.values() for p in c.points if p.estimate.interval), 0.95)
    table = Table(
        title=Text(
            f"{visible(results.run.label)}: {what or f'mean by temperature, {100 * level:.4g}% intervals below'}"
        ),
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("metric", no_wrap=True)
    for temperature in temperatures:
        table.add_column(f"T = {numbers.temperature(temperature)}", justify="right", no_wrap=True)
    table.add_column("trend", no_wrap=True)
    for curve in curves.values():
        cells = [_cell(curve.at(temperature)) for temperature in temperatures]
        table.add_row(
            Text(f"{visible(curve.metric.words, limit=40)}\n{curve.metric.unit}"),
            *map(Text, cells),
            Text(_trend(curve)),
        )
    return table


def _cell(point: Point | None) -> str:
    if point is None or point.estimate.value is None:
        return "undefined"
    estimate = point.estimate
    if estimate.interval is None:
        return f"{numbers.number(point.estimate.value or 0.0)}\nno interval"
    value, _, ends = numbers.value_and_interval(point.estimate.value or 0.0, estimate.interval).partition(" ")
    return f"{value}\n{ends.strip('[]').replace(', ', '–')}"


def _trend(curve: Curve) -> str:
    trend = curve.trend
    p = "" if trend.p_value is None else f"\n{numbers.p_value(trend.p_value)}"
    best = curve.optimum
    if best is None or best.temperature is None:
        return f"{trend.direction}{p}"
    where = "flat" if best.kind == "flat" else f"best T {best.temperature:g} [{best.low:g}, {best.high:g}]"
    return f"{where}\n{trend.direction}{p.replace(chr(10), ', ')}"


def _plain(results: Results) -> str:
    lines = ["\t".join(_COLUMNS)]
    for title, curve in results.items():
        for point in curve.points:
            estimate = point.estimate
            interval = estimate.interval
            fields = (
                no_formula(visible(title, keep="")),
                f"{point.temperature:g}",
                "" if estimate.value is None else f"{estimate.value:.6g}",
                "" if interval is None else f"{interval.low:.6g}",
                "" if interval is None else f"{interval.high:.6g}",
                str(estimate.n_prompts),
                str(estimate.n_samples),
                no_formula(visible(estimate.undefined or "", keep="")),
                "" if interval is None else estimate.estimand.value,
            )
            lines.append("\t".join(fields))
    return "\n".join(lines)


def show_run(store: Store, run: Run, *, report: Path | None, as_json: bool) -> None:
    """Measure a run and write its curves to stdout, its cautions to stderr, and a report when asked for."""
    if not run.n_samples:
        return  # every draw failed: the exit code and the line about it say so
    results = measured_with_progress(store, run.label)
    if as_json:
        put(api.render(store, run.label, "json", results=results))
    else:
        show_results(results)
    caution(all_cautions(results))
    if report is not None:
        say(f"report: {api.report(store, run.label, report, results=results)}")


def all_cautions(results: Results) -> list[Caution]:
    """Return the cautions of the run and of its curves, those of the run first."""
    return list(merged([*results.cautions, *(each for curve in results.values() for each in curve.cautions)]))
