"""What a run may cost: known before it, counted while it goes on, and across all sessions that worked on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from evalkit import environment, planning
from evalkit.errors import BudgetError, PricesError, UsageError
from evalkit.nouns import (
    Ask,
    Budget,
    Cell,
    Draw,
    Price,
    Probing,
    Request,
    Run,
    Spent,
    Suite,
    TokenCount,
    every_cell,
    is_amount,
    may_be_billed,
)
from evalkit.nouns.ports import Store
from evalkit.sampling.budget import Purse, counted, money
from evalkit.sampling.requests import requests_of

_FREE = Price(input=0.0, output=0.0)


def priced(suite: Suite, budget: Budget) -> Price | None:
    """Return what the tokens of a suite's model cost; None when unknown, and nothing limits the cost.

    The embedded endpoint and answers of an earlier run cost nothing.

    Raises:
        PricesError: The cost is limited, and the price of the model is unknown.
        UsageError: A limit or a price is no amount.
    """
    _check(budget)
    endpoint = suite.endpoint
    if endpoint.base_url == environment.LOOPBACK or endpoint.backend == "replay":
        return _FREE
    found = budget.price_of(endpoint.model)
    if found is None and budget.max_cost is not None:
        known = f"; there are prices of {', '.join(map(repr, budget.prices))}" if budget.prices else ""
        raise PricesError(
            f"the cost is limited, and the price of {endpoint.model!r} is unknown{known}: nothing was sent",
            hint=f"give its price for a million tokens by --prices FILE, a file that says "
            f"models: {{{endpoint.model!r}: {{input: 0.15, output: 0.6}}}} with its true numbers",
        )
    return found


def _check(budget: Budget) -> None:
    limits = {"max_requests": budget.max_requests, "max_tokens": budget.max_tokens, "max_cost": budget.max_cost}
    for name, value in limits.items():
        if value is not None and not is_amount(value):
            raise UsageError(f"{name} is {value!r}, expected a finite number, 0 or more")
    for model, price in budget.prices.items():
        if not (is_amount(price.input) and is_amount(price.output)):
            raise UsageError(f"the price of {model!r} is no amount, expected finite numbers, 0 or more")


def unspent(suite: Suite, budget: Budget) -> Purse:
    """Return what may be spent on a run that was not begun.

    Raises:
        PricesError: The cost is limited, and the price of the model is unknown.
        UsageError: A limit or a price is no amount.
    """
    return Purse(budget=budget, price=priced(suite, budget))


def purse_for(store: Store, run: Run, suite: Suite, budget: Budget | None) -> Purse | None:
    """Return what may still be spent on a run; one that counts this session only where nobody asks for more.

    Reading what was sent before takes seconds where that is a million requests.
    """
    if budget is None:
        return None
    return purse_of(store, run, suite, budget) if budget.counts else unspent(suite, budget)


def purse_of(store: Store, run: Run, suite: Suite, budget: Budget) -> Purse:
    """Return what may still be spent on a run: its budget, and all that was ever sent for it.

    Args:
        store: Where the run is.
        run: The run as it stands.
        suite: What is asked now, its address resolved.
        budget: What it may come to in all.

    Raises:
        PricesError: The cost is limited, and the price of the model is unknown.
        UsageError: A limit or a price is no amount.
    """
    purse = unspent(suite, budget)
    charges = store.charges(run.label)
    cells = {cell.key: cell for cell in every_cell(suite)} if charges else {}
    for charge in charges:
        if charge.cell_key in cells and charge.longest.total:
            purse.learn(cells[charge.cell_key].prompt.id, charge.n, charge.longest)
    for charge in charges:
        purse.add(Spent(n_requests=charge.n_requests - charge.n_uncounted, counted=charge.tokens))
        if charge.n_uncounted:
            # Of a run that nothing had come of, cells of another suite may be left: they are taken for the widest.
            cell = cells.get(charge.cell_key) or max(cells.values(), key=lambda cell: purse.bound(_one(cell)).total)
            purse.untold(_one(cell, charge.n), charge.n_uncounted)
    if run.probings:
        purse.add(_spent_on_probings(store, run, purse))
    return purse


def _one(cell: Cell, n: int = 1) -> Request:
    return Request(cell=cell, replicates=tuple(range(n)))


def _spent_on_probings(store: Store, run: Run, purse: Purse) -> Spent:
    """Return what asking the endpoint about itself has come to, tries that left no answer at their most."""
    from evalkit.backends.hearing import heard_of

    bounds = {ask.key: purse.bound_of(ask) for probing in run.probings for ask in _asks(probing)}
    widest = max(bounds.values(), key=lambda bound: bound.total, default=TokenCount())
    n_requests, found = sum(probing.n_requests for probing in run.probings), Spent()
    for key, answers in store.heard(run.label, None).items():
        for status, raw in answers:
            told = counted(heard_of(status, raw, started=0.0, done=0.0).usage)
            if told is not None:
                found += Spent(n_requests=1, counted=told)
            elif may_be_billed(status or None, None):
                found += Spent(n_requests=1, n_uncounted=1, bound=bounds.get(key, widest))
            else:
                found += Spent(n_requests=1)
    lost = max(0, n_requests - found.n_requests)
    return found + Spent(n_requests=lost, n_uncounted=lost, bound=widest.times(lost))


def _asks(probing: Probing) -> tuple[Ask, ...]:
    from evalkit.asking import script
    from evalkit.probing import probes_before, probes_of

    setting = probing.setting
    return script(probes_before(setting) if setting.brief else probes_of(deep=setting.deep), setting).asks


def has_room(purse: Purse, asks: Iterable[Ask], *, share: float = 1.0) -> bool:
    """Return whether questions about the endpoint itself take no more than a share of what may still be spent."""
    every = tuple(asks)
    n_requests = sum(ask.repeats for ask in every)
    bound = sum((purse.bound_of(ask).times(ask.repeats) for ask in every), TokenCount())
    return purse.lacks(bound, n_requests, share=share) is None


def tell(
    suite: Suite,
    purse: Purse,
    settled: AbstractSet[tuple[str, int]],
    notify: Callable[[str], None],
    *,
    n_beside: int = 0,
) -> None:
    """Tell what is about to be bought and, where there is a budget, whether that is enough.

    Args:
        suite: What is asked, its address resolved.
        purse: What may be spent.
        settled: Slots for which nothing is sent.
        notify: Called with each line.
        n_beside: Requests about the endpoint itself.
    """
    seen, currency = planning.preview(suite, settled), purse.budget.currency
    notify(f"plan: {plan_in_words(seen, n_beside)}; cost: {cost_in_words(seen, purse.price, currency)}")
    if purse.budget.limited:
        missing = planning.pending(planning.plan(suite), settled)
        notify(f"budget: {budget_in_words(purse, missing, suite)}")
        if suite.judge is not None or suite.embedding.source == "endpoint":
            notify("not in the budget: what a judge, or who makes vectors, is asked when the run is measured")


def plan_in_words(seen: planning.Preview, n_beside: int = 0) -> str:
    """Return what a run would still send, in a line."""
    beside = f" and {n_beside} short ones about the endpoint itself" if n_beside else ""
    return (
        f"{seen.n_requests:,} request{'' if seen.n_requests == 1 else 's'} for "
        f"{seen.n_missing:,} missing draw{'' if seen.n_missing == 1 else 's'}{beside}, retries not counted; "
        f"tokens: {seen.prompt_tokens_low:,} to {seen.prompt_tokens_high:,} in the questions, "
        f"0 to {seen.completion_tokens_high:,} in the answers"
    )


def cost_in_words(seen: planning.Preview, price: Price | None, currency: str) -> str:
    """Return what a run may still cost."""
    if price == _FREE:
        return "nothing"
    if price is None:
        return f"unknown: no price of {seen.model} is known (--prices FILE)"
    low, high = costs(seen, price)
    return f"{money(low)} to {money(high, currency)}"


def costs(seen: planning.Preview, price: Price) -> tuple[float, float]:
    """Return the least and the most that a run may still cost."""
    low = TokenCount(prompt=seen.prompt_tokens_low)
    return price.of(low), price.of(TokenCount(prompt=seen.prompt_tokens_high, completion=seen.completion_tokens_high))


def budget_in_words(purse: Purse, draws: Iterable[Draw], suite: Suite) -> str:
    """Return what of a budget is spent, and whether it is enough for draws, in a line."""
    enough = " ".join(enlarged(purse, draws, suite))
    room = "enough for all of it"
    if enough:
        room = f"{'' if 'requests' in enough else 'perhaps '}not enough for all of it: the run stops there, and goes on"
        room += f" with {enough}"
    return f"{_limits(purse.budget)}; spent so far: {spent_in_words(purse)}; {room}"


def _limits(budget: Budget) -> str:
    named = (
        None if budget.max_requests is None else f"{budget.max_requests:,} requests",
        None if budget.max_tokens is None else f"{budget.max_tokens:,} tokens",
        None if budget.max_cost is None else money(budget.max_cost, budget.currency),
    )
    return " and ".join(filter(None, named))


def spent_in_words(purse: Purse) -> str:
    """Return what has been spent: requests, tokens and, where the price is known, the cost."""
    spent = purse.spent
    parts = [f"{spent.n_requests:,} request{'' if spent.n_requests == 1 else 's'}"]
    least, most = spent.counted, spent.most
    parts.append(_between(f"{least.total:,}", f"{most.total:,}", "tokens"))
    if purse.price is not None and purse.price != _FREE:
        parts.append(_between(money(purse.price.of(least)), money(purse.price.of(most)), purse.budget.currency))
    told = f" (of {spent.n_uncounted:,} the server told no tokens)" if spent.n_uncounted else ""
    return ", ".join(parts) + told


def _between(low: str, high: str, unit: str) -> str:
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def enlarged(purse: Purse, draws: Iterable[Draw], suite: Suite) -> Iterator[str]:
    """Yield the options that give a budget room for draws, where it has none; retries are not counted."""
    budget, tokens, n_requests = purse.budget, purse.spent.most, purse.spent.n_requests
    for request in requests_of(draws, suite.mode):
        tokens += purse.bound(request)
        n_requests += 1
    if budget.max_requests is not None and n_requests > budget.max_requests:
        yield f"--max-requests {n_requests}"
    if budget.max_tokens is not None and tokens.total > budget.max_tokens:
        yield f"--max-tokens {tokens.total}"
    if budget.max_cost is not None and purse.price is not None and (cost := purse.price.of(tokens)) > budget.max_cost:
        yield f"--max-cost {_rounded_up(cost):g}"


def _rounded_up(amount: float) -> float:
    step = 10.0 ** (math.floor(math.log10(amount)) - 2)
    return math.ceil(amount / step) * step


def used_up(run: Run, purse: Purse, draws: Iterable[Draw]) -> BudgetError:
    """Return the error of a run that its budget has ended.

    Args:
        run: The run as it stands.
        purse: What was spent.
        draws: What is still missing.
    """
    missing = tuple(draws)
    enough = " ".join(enlarged(purse, missing, run.suite))
    return BudgetError(
        f"the budget is used up: {purse.lacking}; {len(missing):,} of {run.n_draws:,} draws are open",
        hint=f"{enough} is enough for them, retries not counted; what was answered is kept and counts",
    )
