"""What a run still lacks, sent and kept: the part of `run` that touches the network."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext, suppress

from evalkit.answering import backend_of, reachable
from evalkit.errors import StoreError
from evalkit.nouns import Delivery, Draw, Sample, Suite
from evalkit.nouns.ports import Backend, Store
from evalkit.refusing import known_to_refuse
from evalkit.sampling.budget import Purse
from evalkit.sampling.executors.base import Executor, Job
from evalkit.sampling.executors.local import local_executor
from evalkit.sampling.limits import Limits
from evalkit.sampling.receipts import Receipts
from evalkit.sampling.tally import Tally


async def send(  # noqa: PLR0913 - each but four is a keyword with a default
    suite: Suite,
    store: Store,
    label: str,
    draws: Iterable[Draw],
    *,
    tally: Tally,
    n_filled: int,
    backend: Backend | None = None,
    watch: Callable[[Tally], None] | None = None,
    stop: asyncio.Event | None = None,
    limits: Limits | None = None,
    purse: Purse | None = None,
    executor: Executor | None = None,
) -> Tally:
    """Return the tally after sending draws of a run that the store knows.

    Args:
        suite: What is asked, its address resolved.
        store: Keeps every answer before it is counted.
        label: Name of the run.
        draws: What is missing, in sending order; pulled as workers become free, phase by phase where it has a load.
        tally: Grown as answers are kept.
        n_filled: Draws that held a sample before: the embedded endpoint must not give their answers again.
        backend: Who answers; made from the suite's endpoint when None.
        watch: Called with the counts as they grow.
        stop: Set it to stop: what is in flight is finished and kept.
        limits: Pacing shared with other runs; one of its own when None, by what the suite says.
        purse: What may be spent: when there is no room for a request, the run is stopped; None for no limit.
        executor: Where it is sent from; this process when None.

    Raises:
        EndpointError: Key, quota, model or address is wrong; what was answered is kept.
        StoreError: An answer could not be written; it and those in flight stand on stderr, as lines of an export.
    """
    seed = f"{suite.seed}:{label}:{n_filled}"
    with nullcontext(suite.endpoint) if backend is not None else reachable(suite.endpoint, seed) as endpoint:
        job = Job(
            draws=draws,
            suite=suite,
            endpoint=endpoint,
            backend_of=backend_of(timeout_s=suite.timeout_s, concurrency=suite.concurrency),
            backend=backend,
            keep=_keeper(store, label),
            tally=tally,
            watch=watch,
            stop=stop or asyncio.Event(),
            refused=known_to_refuse(store, suite, label),
            limits=limits,
            purse=purse,
        )
        await (executor or local_executor()).send(job)
    return tally


def _keeper(store: Store, label: str) -> Callable[[Delivery], Awaitable[None]]:
    """Return what keeps a delivery, and returns once it is on disk."""
    receipts = Receipts(asyncio.get_running_loop())

    async def keep(delivery: Delivery) -> None:
        try:
            await receipts.of(lambda told: store.hand(label, delivery, told))
        except StoreError:
            _hand_out(delivery)
            raise

    return keep


def _hand_out(delivery: Delivery) -> None:
    """Write the answers of a delivery to stderr as lines of an export: paid for, and the disk takes them no more.

    Where stderr takes them no more, either, for it may lead to the same disk, they go to the folder of temporary files.
    """
    from evalkit.store.lines import line_of
    from evalkit.text.unobeyed import unobeyed

    answers = (outcome for outcome in delivery.outcomes if isinstance(outcome, Sample))
    lines = [f"{unobeyed(line_of(answer))}\n" for answer in answers]
    try:
        sys.stderr.writelines(lines)
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError):
            fd, _ = tempfile.mkstemp(prefix="evalkit-unsaved-", suffix=".jsonl")
            with os.fdopen(fd, "w", encoding="ascii") as file:
                file.writelines(lines)
