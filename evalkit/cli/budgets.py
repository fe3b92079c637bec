"""Options about money: what a run may come to, and what a model's tokens cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from evalkit import environment
from evalkit.errors import PricesError, UsageError
from evalkit.nouns import Budget, Run, is_amount
from evalkit.nouns.ports import Store

_ALL = "of this run in all, whenever they were sent; then it stops, and a larger number goes on"

MaxRequests: TypeAlias = Annotated[
    int | None, typer.Option(min=0, metavar="N", help=f"Most requests {_ALL}. Retries count.")
]
"""Option of commands that buy."""
MaxTokens: TypeAlias = Annotated[
    int | None, typer.Option(min=0, metavar="N", help=f"Most tokens, asked and answered, {_ALL}.")
]
"""Option of commands that buy."""
MaxCost: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.0, metavar="AMOUNT", help=f"Most that tokens may cost, {_ALL}. Needs --prices, in whose currency it is."
    ),
]
"""Option of commands that buy."""
Prices: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What a million tokens cost, YAML or JSON: models: {gpt-4o*: {input: 2.5, output: 10}}, by name or "
        "pattern; currency: EUR, else USD. EVALKIT_PRICES unless told.",
    ),
]
"""Option of commands that buy, or say what buying costs."""


def budget_of(
    max_requests: int | None = None,
    max_tokens: int | None = None,
    max_cost: float | None = None,
    prices: Path | None = None,
) -> Budget:
    """Return what a run may come to, with the prices of a file: the one that is named, else that of EVALKIT_PRICES.

    Raises:
        PricesError: The file is wrong.
        UsageError: The cost is no amount.
    """
    if max_cost is not None and not is_amount(max_cost):
        raise UsageError(f"--max-cost is {max_cost}, expected a finite amount, 0 or more")
    usual = environment.setting("EVALKIT_PRICES")
    path = prices or (Path(usual) if usual else None)
    if path is None:
        return Budget(max_requests=max_requests, max_tokens=max_tokens, max_cost=max_cost)
    from evalkit.suite.prices import load_prices

    try:
        known, currency = load_prices(path)
    except PricesError as error:
        hint = error.hint if prices else "EVALKIT_PRICES names this file"
        raise PricesError(error.message, hint=hint) from None
    return Budget(max_requests=max_requests, max_tokens=max_tokens, max_cost=max_cost, prices=known, currency=currency)


def spent_row(store: Store, run: Run, budget: Budget) -> dict[str, object]:
    """Return what a run has come to, as columns: what the server counted, and the most that it may have been."""
    from evalkit.spending import purse_of

    purse = purse_of(store, run, run.suite, budget)
    least, most, price = purse.spent.counted, purse.spent.most, purse.price
    return {
        "requests": purse.spent.n_requests,
        "tokens": least.total,
        "tokens_at_most": most.total,
        "cost": None if price is None else price.of(least),
        "cost_at_most": None if price is None else price.of(most),
        "currency": budget.currency,
    }
