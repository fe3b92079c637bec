"""Batches sent, awaited and fetched: one round at a time, and each step written down before the next."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit import environment, planning
from evalkit.answering import reachable
from evalkit.backends.batch_lines import MOST_BYTES
from evalkit.batching.ledger import Entry, Ledger, now
from evalkit.batching.reading import Reading, read
from evalkit.batching.slots import batchable, tag_of
from evalkit.batching.writing import Written, write
from evalkit.errors import BackendError, EndpointError, RejectedError, TransientError, UsageError
from evalkit.nouns import Budget, Suite
from evalkit.running import wanted
from evalkit.store.sqlite import SqliteStore
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.backends.batches import Batches, BatchState

FIRST_WAIT_S = 1.0
"""Seconds until a batch is looked at again; half as many more each time."""
_GROWTH = 1.5
_MISSES = 20  # looks in a row that find nobody
_SHOWN = 200  # letters of a host's words
_EMBEDDED_BYTES = 24 * 2**20  # of a file that the embedded endpoint takes
_GONE = 404
_FETCHES = 5  # tries of a file whose connection is lost
_NAME = 60  # letters of a batch's name in the name of a file
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Where batches of a run are, and who is told."""

    suite: Suite
    """What is asked, its address resolved."""
    store: SqliteStore
    """Where the run is."""
    label: str
    """Name of the run."""
    folder: Path
    """Where files and the list of batches are."""
    notify: Callable[[str], None]
    """Called with notices."""
    watch: Callable[[int, int], None] = field(default=lambda _done, _all: None)
    """Called with the requests that are done, and with all."""
    sleep: Callable[[float], None] = time.sleep
    """Waits some seconds."""
    every_s: float = 60.0
    """Longest wait between two looks, in seconds."""


def run(here: Round, budget: Budget | None = None) -> list[Reading]:
    """Return what was read of all batches: of those that were out already, and then of those sent for what was missing.

    A batch that was sent is in the list of batches before and after it is sent; whoever is killed goes on by the same
    call. A call sends one new round at most; of a suite that stops when it knows enough, block after block.

    Args:
        here: Where.
        budget: What the run may come to.

    Raises:
        BackendError: The endpoint takes no batches, could not be asked, or found a whole file wrong; what was read
            stays, what is out stays out.
        BudgetError: The budget has no room for all that is missing; nothing more was sent.
    """
    from evalkit.backends.batches import Batches

    batchable(here.suite)
    ledger = Ledger(here.folder)
    out = _still_out(here, ledger)
    _, begun, n_wanted = wanted(here.suite, here.store, here.label)
    readings: list[Reading] = []
    if not out and not n_wanted:
        return readings
    seed = f"{here.suite.seed}:{here.label}:{begun.n_samples}"
    with reachable(here.suite.endpoint, seed) as endpoint, Batches(endpoint) as batches:
        if out:
            here.notify(f"run {here.label!r}: {_number(out)} out since {out[0].begun_at}; asking for the results")
            readings.append(_collected(here, batches, ledger, [_found(batches, ledger, each) for each in out]))
        more = True
        while more and (written := _written(here, budget)).paths:
            files = zip(written.paths, written.sizes, strict=True)
            readings.append(
                _collected(here, batches, ledger, [_sent(here, batches, ledger, tag_of(begun), file) for file in files])
            )
            # What is missing after that would fail again: only blocks of a suite that stops when it knows follow.
            more = here.suite.precision is not None and readings[-1].n_answers == written.n_draws
    return readings


def states(here: Round) -> Iterator[tuple[Entry, BatchState | None]]:
    """Yield every batch that was sent for a run, oldest first, with what its host says now where it is still out.

    Raises:
        BackendError: The endpoint could not be asked.
        StoreError: There is no such run.
    """
    from evalkit.backends.batches import Batches

    entries = Ledger(here.folder).of(tag_of(here.store.run(here.label)))
    ask = (
        any(entry.is_out and entry.batch_id for entry in entries)
        and here.suite.endpoint.base_url != environment.LOOPBACK
    )
    if not ask:
        yield from ((entry, None) for entry in entries)
        return
    with Batches(here.suite.endpoint) as batches:
        for entry in entries:
            yield entry, batches.state(entry.batch_id) if entry.is_out and entry.batch_id else None


def forget(here: Round, batch_id: str) -> None:
    """Give up a batch: nothing is asked about it any more, and what is missing is sent again.

    Raises:
        UsageError: No batch of that name is out.
    """
    ledger = Ledger(here.folder)
    out = ledger.out(tag_of(here.store.run(here.label)))
    found = [entry for entry in out if batch_id in {entry.batch_id, entry.file}]
    if not found:
        names = ", ".join(entry.batch_id or entry.file for entry in out) or "none is"
        raise UsageError(f"no batch {batch_id!r} of run {here.label!r} is out", hint=f"out: {names}")
    for entry in found:
        ledger.change(entry, forgotten=True)


def outstanding(store: SqliteStore, label: str, folder: Path) -> tuple[Entry, ...]:
    """Return the batches of a run of which answers may still come; none where there is no such run."""
    ledger = Ledger(folder)
    if not ledger.any_out:  # the runs of a large store are not counted for nothing
        return ()
    return next((ledger.out(tag_of(run)) for run in store.runs() if run.label == label), ())


def _still_out(here: Round, ledger: Ledger) -> tuple[Entry, ...]:
    """Return the batches of a run that are out, before anything of the run is changed.

    Raises:
        UsageError: They are of another suite, whose answers would have no place.
    """
    run = next((run for run in here.store.runs() if run.label == here.label), None)
    out = ledger.out(tag_of(run)) if run else ()
    if out and run and planning.plan(here.suite).key != run.plan_key:
        raise UsageError(
            f"{_number(out)} out of run {here.label!r}, of another suite or at another address",
            hint="go back to it and fetch them, choose another label, or give them up by --forget",
        )
    if here.suite.endpoint.base_url != environment.LOOPBACK:
        return out
    for entry in out:
        here.notify(f"the embedded endpoint that had {entry.file} has ended: what is missing is sent again")
        ledger.change(entry, forgotten=True)
    return ()


def _written(here: Round, budget: Budget | None) -> Written:
    embedded = here.suite.endpoint.base_url == environment.LOOPBACK
    return write(
        *(here.suite, here.store, here.label, here.folder),
        budget=budget,
        notify=here.notify,
        most_bytes=_EMBEDDED_BYTES if embedded else MOST_BYTES,
        quiet=True,
    )


def _sent(here: Round, batches: Batches, ledger: Ledger, tag: str, file: tuple[Path, int]) -> Entry:
    """Return the entry of a file that is sent."""
    path, n_requests = file
    entry = ledger.add(
        Entry(
            run=here.label,
            tag=tag,
            file=path.name,
            n_requests=n_requests,
            endpoint=here.suite.endpoint.base_url or "",
        )
    )
    entry = ledger.change(entry, input_file_id=batches.upload(path))
    entry = ledger.change(entry, begun_at=now())
    try:
        state = batches.create(entry.input_file_id or "", here.label)
    except (RejectedError, EndpointError):
        ledger.change(entry, begun_at=None)  # it was refused: nothing is out
        raise
    here.notify(f"sent {path.name} as batch {visible(state.id, keep='')}: {entry.n_requests:,} requests")
    return ledger.change(entry, batch_id=state.id, status=state.status)


def _found(batches: Batches, ledger: Ledger, entry: Entry) -> Entry:
    """Return an entry with its batch; of one that was being sent when everything ended, the host is asked."""
    if entry.batch_id is not None:
        return entry
    try:
        state = batches.of_file(entry.input_file_id or "")
    except EndpointError as error:
        raise EndpointError(
            f"whether {entry.file} was sent is not known, and the endpoint gives no list of batches: {error.message}",
            slug="batch-lost",
            status=error.status,
            hint=f"look there; if it was not, --forget {entry.file}",
        ) from None
    if state is None:  # it never came that far
        return ledger.change(entry, begun_at=None)
    return ledger.change(entry, batch_id=state.id, status=state.status)


def _collected(here: Round, batches: Batches, ledger: Ledger, entries: Sequence[Entry]) -> Reading:
    """Wait for batches and return what was read of them, each as soon as it is done."""
    out = [entry for entry in entries if entry.batch_id is not None]
    total, wait, misses = sum(entry.n_requests for entry in out), FIRST_WAIT_S, 0
    done: dict[str, int] = {}
    whole = Reading()
    problems: list[str] = []
    while out:
        for entry in tuple(out):
            try:
                state = _state(batches, entry)
            except TransientError:
                misses += 1
                if misses >= _MISSES:
                    raise
                continue
            misses = 0
            done[entry.file] = state.n_completed + state.n_failed
            if state.ended:
                out.remove(entry)
                done[entry.file] = entry.n_requests
                whole.add(_read(here, batches, entry, state))
                ledger.change(entry, status=state.status, read=True)
                if state.status != "completed":
                    why = f": {visible(state.problem, keep='', limit=_SHOWN)}" if state.problem else ""
                    problems.append(f"batch {state.id} {state.status}{why}")
        here.watch(sum(done.values()), total)
        if out:
            here.sleep(min(wait, here.every_s))
            wait = wait * _GROWTH
    for problem in problems:
        here.notify(problem)
    return whole


def _state(batches: Batches, entry: Entry) -> BatchState:
    try:
        return batches.state(entry.batch_id or "")
    except BackendError as error:
        if error.status != _GONE:
            raise
        raise EndpointError(
            f"the endpoint no longer knows batch {entry.batch_id} of {entry.begun_at}",
            slug="batch-lost",
            status=_GONE,
            hint=f"read what you have of it, then --forget {entry.batch_id}: what is missing is sent again",
        ) from None


def _read(here: Round, batches: Batches, entry: Entry, state: BatchState) -> Reading:
    """Return what was read of a batch that has ended; its files stay in the folder."""
    stem = f"{Path(entry.file).stem}.{_UNSAFE.sub('_', state.id)[:_NAME]}"
    paths: list[Path] = []
    for kind, file_id in (("results", state.output_file_id), ("errors", state.error_file_id)):
        if file_id is not None:
            paths.append(here.folder / f"{stem}.{kind}.jsonl")
            _fetch(here, batches, file_id, paths[-1])
    return read(here.store, paths, label=here.label, sent_at=entry.begun_at)


def _fetch(here: Round, batches: Batches, file_id: str, path: Path) -> None:
    for number in range(_FETCHES):
        try:
            batches.fetch(file_id, path)
        except TransientError:
            if number + 1 == _FETCHES:
                raise
            here.sleep(FIRST_WAIT_S * 2**number)
        else:
            return


def _number(out: Sequence[Entry]) -> str:
    return "1 batch is" if len(out) == 1 else f"{len(out)} batches are"
