"""`evalkit plan`: what would be sent; sends nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import budgets, designs, names, say


def plan(
    suite: Annotated[Path, typer.Argument(help="The suite, a YAML or JSON file.")],
    store: Annotated[Path, typer.Option(help="The store that may hold some of it.")] = Path(names.DEFAULT_STORE),
    label: Annotated[str | None, typer.Option(help="Name of the run; the suite's name unless told.")] = None,
    samples: Annotated[int | None, typer.Option("--samples", "-n", min=1, help="Samples per cell.")] = None,
    without_temperature: Annotated[bool, typer.Option("--without-temperature", help="Send none.")] = False,
    max_requests: budgets.MaxRequests = None,
    max_tokens: budgets.MaxTokens = None,
    max_cost: budgets.MaxCost = None,
    prices: budgets.Prices = None,
    goal: designs.For = None,
    detect: designs.Detect = None,
    metric: designs.Of = None,
    pilot: designs.Pilot = None,
    zeta1: designs.Zeta1 = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the grid, the number of requests, the range of tokens and what they may cost, and send nothing.

    With --for or --detect: how many samples a question takes, by a fixed plan and by one that stops when it knows.
    """
    from evalkit import api
    from evalkit.narrowing import at_most
    from evalkit.narrowing import opened as as_far_as
    from evalkit.planning import pending, preview
    from evalkit.planning import plan as make
    from evalkit.preflight import cost
    from evalkit.refusing import settled
    from evalkit.refusing import without_temperature as without
    from evalkit.spending import budget_in_words, cost_in_words, costs, purse_of, unspent

    budget = budgets.budget_of(max_requests, max_tokens, max_cost, prices)
    asked, notice = api.resolve(api.load_suite(suite))
    asked = replace(asked, samples=samples or asked.samples)
    asked = without(asked) if without_temperature else asked
    if notice:
        say.say(notice)
    question = designs.Question(goal=goal, detect=detect, metric=metric, pilot=pilot, zeta1=zeta1)
    if question.is_asked:
        designs.answer(question, asked, store, label or asked.name, as_json=as_json)
        return
    begun, filled, purse, wanted = None, set[tuple[str, int]](), unspent(asked, budget), label or asked.name
    asked = asked if store.exists() else as_far_as(asked, None, wanted)
    if store.exists():
        with api.open_store(store, read_only=True) as opened:
            asked = as_far_as(asked, opened, wanted)
            if wanted in {run.label for run in opened.runs()}:
                begun, filled = opened.run(wanted), settled(opened, wanted)
                purse = purse_of(opened, begun, asked, budget)
    seen = preview(asked, filled)
    beside = cost(asked, seen.n_missing, run=begun)
    if as_json:
        low, high = (None, None) if purse.price is None else costs(seen, purse.price)
        told = {**dict(zip(("n_preflight", "n_canary"), beside, strict=True)), "cost_low": low, "cost_high": high}
        say.put(json.dumps(asdict(seen) | told | {"currency": budget.currency}, indent=2))
        return
    say.put(f"{seen}{at_most(asked)}\n\ncost      {cost_in_words(seen, purse.price, budget.currency)}")
    if budget.limited:
        say.put(f"budget    {budget_in_words(purse, pending(make(asked), filled), asked)}")
    _put_beside(*beside)


def _put_beside(before: int, after: int) -> None:
    """Say how many requests ask the endpoint about itself."""
    if before:
        say.put(f"\nand about itself: {before} short requests before the run, {after} after it (--no-preflight: none)")
    elif after:
        say.put(f"\nand about itself: {after} short requests after the run")
