"""`evalkit show`: what a store holds."""

from __future__ import annotations

import itertools
import json
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import budgets, names, say
from evalkit.nouns import CellOutcomes, Run, own_loads
from evalkit.text.visible import visible

_MOST_LETTERS = 10_000
"""Of a text that are shown; with --json it is whole."""


def show(
    run: Annotated[str, typer.Argument(help="The store, or one run: STORE@LABEL.")] = names.DEFAULT_STORE,
    prompt: Annotated[str | None, typer.Option(help="Show the answers to this prompt.")] = None,
    spent: Annotated[
        bool, typer.Option("--spent", help="Show what each run has come to, too: requests, tokens, cost by --prices.")
    ] = False,
    prices: budgets.Prices = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the runs of a store, the cells of a run, or the answers to a prompt."""
    path, label = names.run_of(run)
    budget = budgets.budget_of(prices=prices)
    with api.open_store(path, read_only=True) as store:
        if label is None and prompt is None:
            rows = [_run_row(each) for each in store.runs()]
            if spent or prices:
                rows = [
                    row | budgets.spent_row(store, each, budget) for row, each in zip(rows, store.runs(), strict=True)
                ]
        else:
            chosen = names.label_in(store, label, run)
            cells = itertools.chain(store.outcomes(chosen), store.load_outcomes(chosen))
            found = (cell for cell in cells if prompt in {None, cell.cell.prompt.id})
            loaded = bool(own_loads(store.run(chosen).suite))
            rows = [row for cell in found for row in (_sample_rows(cell) if prompt else [_cell_row(cell)])]
            rows = rows if loaded else [{name: row[name] for name in row if name != "load"} for row in rows]
    say.put(json.dumps(rows, indent=2) if as_json else _aligned(rows))


def _run_row(run: Run) -> dict[str, object]:
    return {
        "label": run.label,
        "model": run.suite.endpoint.model,
        "address": run.suite.endpoint.base_url or "",
        "draws": run.n_draws,
        "samples": run.n_samples,
        "failures": run.n_failures,
        "unsupported": run.n_unsupported,
        "begun": run.created_at,
        "state": _state(run),
    }


def _state(run: Run) -> str:
    if run.n_unsupported and not run.n_samples and run.complete:
        return "every temperature refused"
    return "complete" if run.complete else "incomplete"


def _cell_row(found: CellOutcomes) -> dict[str, object]:
    texts = [sample.text for sample in found.samples]
    return {
        "prompt": found.cell.prompt.id,
        "temperature": found.cell.temperature,
        "load": found.cell.load.value if found.cell.load else "",
        "samples": len(texts),
        "distinct": len(set(texts)),
        "failures": sum(not each.unsupported for each in found.failures),
        "unsupported": sum(each.unsupported for each in found.failures),
    }


def _sample_rows(found: CellOutcomes) -> list[dict[str, object]]:
    return [
        {
            "temperature": found.cell.temperature,
            "load": found.cell.load.value if found.cell.load else "",
            "replicate": sample.draw.replicate,
            "finish": sample.finish_reason.value,
            "text": sample.text,
        }
        for sample in found.samples
    ]


def _aligned(rows: list[dict[str, object]]) -> str:
    """Return rows as columns; the last column is not padded."""
    if not rows:
        return "nothing"
    table = [list(rows[0]), *([_text(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]) - 1)]
    return "\n".join("  ".join([*(f"{c:<{w}}" for c, w in zip(row, widths, strict=False)), row[-1]]) for row in table)


def _text(value: object) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else visible(str(value), keep="", limit=_MOST_LETTERS)
