"""A run from beginning to end: what the verb `run` does."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit import planning
from evalkit.nouns import Budget, Draw, Plan, Run, Suite
from evalkit.nouns.ports import Backend, Store
from evalkit.provenance import provenance
from evalkit.refusing import left_of, settled
from evalkit.room import fitted
from evalkit.sampling.executors.base import Executor
from evalkit.sampling.tally import Tally
from evalkit.spending import priced, purse_for, spent_in_words, tell, used_up

if TYPE_CHECKING:
    import asyncio


async def complete(  # noqa: PLR0913 - those of the verb
    suite: Suite,
    store: Store,
    label: str,
    budget: Budget | None = None,
    *,
    backend: Backend | None,
    ahead: bool | None,
    watch: Callable[[Tally], None] | None,
    notify: Callable[[str], None],
    stop: asyncio.Event | None,
    executor: Executor | None = None,
) -> Run:
    """Return the run of a suite after sending what its label lacks; a finished run sends nothing.

    Args:
        suite: What is asked, its address resolved.
        store: Keeps every answer before it is counted.
        label: Name of the run.
        budget: What the run may come to, whatever was sent for it before; None for no limit, and no words about it.
        backend: Who answers; made from the suite's endpoint when None.
        ahead: Whether the endpoint is asked about itself first; None for where that costs little beside the run.
        watch: Called with the counts as they grow.
        notify: Called with notices.
        stop: Set it to stop: what is in flight is finished and kept.
        executor: Where it is sent from; this process when None.

    Raises:
        BudgetError: The budget is used up; what was answered is kept.
        PricesError: The cost is limited, and the price of the model is unknown; nothing was sent.
        PlanMismatchError: The label was begun with another suite.
        EndpointError: Key, quota, model or address is wrong, or all temperatures are refused; what was answered stays.
        StoreError: An answer could not be written, or the disk is full before anything is sent.
        UsageError: This process may open no further files; nothing was sent.
    """
    if budget is not None:
        priced(suite, budget)
    suite, begun, missing = wanted(suite, store, label)
    if not missing.n:
        return left_of(begun, store)
    from evalkit.preflight import Manner, canary, cost, preflight  # loads slowly, and a finished run asks nothing
    from evalkit.sending import send as sent

    tally, suite = Tally(n_wanted=missing.n), fitted(suite, store, missing.n, notify)
    purse = purse_for(store, begun, suite, budget)
    if purse is not None:
        n_beside = sum(cost(suite, missing.n, wanted=ahead, run=begun)) if backend is None else 0
        tell(suite, purse, missing.done, notify, n_beside=n_beside)
    manner = Manner(stop=stop, notify=notify, purse=purse)
    if backend is None:
        await preflight(suite, store, begun, missing.n, wanted=ahead, manner=manner)
    send = functools.partial(sent, tally=tally, backend=backend, watch=watch, stop=stop, purse=purse, executor=executor)
    suite = await _look_by_look(suite, store, label, missing, tally, send=send, notify=notify)
    if purse is not None and purse.lacking is not None:
        raise used_up(store.run(label), purse, _Missing.of(suite, store, label))
    if not (stop and stop.is_set()):
        await canary(store, store.run(label), manner=manner)
    if purse is not None:
        notify(f"spent {f'on run {label!r}' if purse.budget.counts else 'now'}: {spent_in_words(purse)}")
    return left_of(store.run(label), store)


@dataclass(frozen=True, slots=True)
class _Missing:
    """Draws of a plan that held nothing when it was looked."""

    plan: Plan
    """Every draw."""
    done: AbstractSet[tuple[str, int]]
    """Slots of those that are settled."""
    n: int
    """How many are not."""

    @classmethod
    def of(cls, suite: Suite, store: Store, label: str) -> _Missing:
        """Look at what a run holds of what its suite wants by now."""
        plan, done = planning.plan(suite), settled(store, label)
        return cls(plan, done, sum(1 for _ in planning.pending(plan, done)))

    def __iter__(self) -> Iterator[Draw]:
        """Yield them in sending order."""
        return planning.pending(self.plan, self.done)


async def _look_by_look(
    suite: Suite,
    store: Store,
    label: str,
    missing: _Missing,
    tally: Tally,
    *,
    send: Callable[..., Awaitable[Tally]],
    notify: Callable[[str], None],
) -> Suite:
    """Return the suite as far as it was drawn: what is open, and what each look wants further.

    Where nothing came of it, or it was stopped, no look follows.
    """
    while True:
        n_filled = store.run(label).n_samples
        done = await send(suite, store, label, iter(missing), n_filled=n_filled)
        if suite.precision is None or done.stopped or store.run(label).n_samples == n_filled:
            return suite
        before = _Missing.of(suite, store, label)  # what failed
        suite, missing = _after_look(suite, store, label, before, notify)
        if missing.n <= before.n:
            return suite
        tally.n_wanted += missing.n - before.n


def wanted(suite: Suite, store: Store, label: str) -> tuple[Suite, Run, _Missing]:
    """Return the suite with what is wanted of it now, its run, and the draws that are open.

    Where nothing is open, and a look at it is due, that is what is wanted after the look.
    """
    if suite.precision is not None:
        from evalkit.narrowing import opened

        suite = opened(suite, store, label)
    begun = store.begin(label, suite, provenance())
    missing = _Missing.of(suite, store, label)
    if not missing.n and suite.precision is not None:
        suite, missing = _after_look(suite, store, label, missing, lambda _: None)
    return suite, begun, missing


def _after_look(
    suite: Suite, store: Store, label: str, missing: _Missing, notify: Callable[[str], None]
) -> tuple[Suite, _Missing]:
    """Return the suite with what is wanted after a look, and the draws that are open then.

    Looks follow one another until one wants draws: those of answers that are there already want none.
    """
    from evalkit.narrowing import looked, told

    n_before = missing.n
    while missing.n <= n_before and (after := looked(suite, store, label)) is not None:
        suite = after
        store.begin(label, suite, provenance())
        missing = _Missing.of(suite, store, label)
        if missing.n > n_before:
            notify(told(suite, missing.n - n_before))
    return suite, missing
