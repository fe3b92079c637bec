"""`evalkit run`: send what is missing, then show the curves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from evalkit import api, refusing
from evalkit.cli import batches, budgets, buying, names, precisions, running, suites


def run(
    suite: Annotated[Path, typer.Argument(help="The suite, a YAML or JSON file.")],
    store: Annotated[Path, typer.Option(help="The store; made when it is not there.")] = Path(names.DEFAULT_STORE),
    label: Annotated[str | None, typer.Option(help="Name of the run; the suite's name unless told.")] = None,
    samples: Annotated[int | None, typer.Option("--samples", "-n", min=1, help="Samples per cell.")] = None,
    model: Annotated[str | None, typer.Option(help="Model, instead of the suite's.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Address, instead of the suite's.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=1000, help="Most requests in flight.")] = None,
    without_temperature: Annotated[
        bool, typer.Option("--without-temperature", help="Send none: measure how much repetitions differ.")
    ] = False,
    precision: precisions.Within = None,
    decide: precisions.Decide = None,
    preflight: running.Preflight = None,
    executor: running.Executed = "local",
    max_requests: budgets.MaxRequests = None,
    max_tokens: budgets.MaxTokens = None,
    max_cost: budgets.MaxCost = None,
    prices: budgets.Prices = None,
    report: Annotated[Path | None, typer.Option(help="Write a report there, too (html, md, json, csv).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Results as JSON.")] = False,
) -> int:
    """Send what a suite lacks, keep every answer, and show the curves. Run it again: it resumes."""
    budget = budgets.budget_of(max_requests, max_tokens, max_cost, prices)
    asked = suites.asked_of(suite, samples=samples, model=model, base_url=base_url)
    asked = replace(asked, concurrency=concurrency or asked.concurrency)
    asked = refusing.without_temperature(asked) if without_temperature else asked
    asked = precisions.precise(asked, precision, decide, samples)
    with api.open_store(store) as opened:
        batches.check_nothing_out(opened, label or asked.name, batches.folder_of(store))
        return buying.bought_and_shown(
            *(asked, opened, label or asked.name, store),
            preflight=preflight,
            budget=budget,
            executor=executor,
            report=report,
            as_json=as_json,
        )
