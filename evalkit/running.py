"""A run from beginning to end: what the verb `run` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from evalkit import planning
from evalkit.nouns import Run, Suite
from evalkit.nouns.ports import Backend, Store
from evalkit.provenance import provenance
from evalkit.refusing import left_of, settled
from evalkit.sampling.tally import Tally
from evalkit.sending import send

if TYPE_CHECKING:
    import asyncio


async def complete(  # noqa: PLR0913 - those of the verb
    suite: Suite,
    store: Store,
    label: str,
    *,
    backend: Backend | None,
    ahead: bool | None,
    watch: Callable[[Tally], None] | None,
    notify: Callable[[str], None],
    stop: asyncio.Event | None,
) -> Run:
    """Return the run of a suite after sending what its label lacks; a finished run sends nothing.

    Args:
        suite: What is asked, its address resolved.
        store: Keeps every answer before it is counted.
        label: Name of the run.
        backend: Who answers; made from the suite's endpoint when None.
        ahead: Whether the endpoint is asked about itself first; None for where that costs little beside the run.
        watch: Called with the counts as they grow.
        notify: Called with notices.
        stop: Set it to stop: what is in flight is finished and kept.

    Raises:
        PlanMismatchError: The label was begun with another suite.
        EndpointError: Key, quota, model or address is wrong, or every temperature is refused; what was answered is
            kept.
        StoreError: An answer could not be written.
    """
    begun = store.begin(label, suite, provenance())
    whole, done = planning.plan(suite), settled(store, label)
    tally = Tally(n_wanted=sum(1 for _ in planning.pending(whole, done)))
    if not tally.n_wanted:
        return left_of(begun, store)
    from evalkit.preflight import Manner, canary, preflight  # loads slowly, and a finished run asks nothing

    manner = Manner(stop=stop, notify=notify)
    if backend is None:
        await preflight(suite, store, begun, tally.n_wanted, wanted=ahead, manner=manner)
    draws, n_filled = planning.pending(whole, done), begun.n_samples
    await send(*(suite, store, label, draws), tally=tally, n_filled=n_filled, backend=backend, watch=watch, stop=stop)
    if not (stop and stop.is_set()):
        await canary(store, store.run(label), manner=manner)
    return left_of(store.run(label), store)
