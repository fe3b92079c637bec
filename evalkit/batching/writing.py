"""What a run lacks, as files of requests for the Batch API; sends nothing."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evalkit.backends.batch_lines import MOST_BYTES, MOST_REQUESTS, fitting, line_of
from evalkit.backends.wire import stem_of
from evalkit.batching.slots import batchable, open_draws, tag_of
from evalkit.errors import BudgetError
from evalkit.nouns import Budget, Draw, Request, Run, Suite, own_loads
from evalkit.nouns.ports import Store
from evalkit.refusing import known_to_refuse, settled
from evalkit.room import check_store
from evalkit.running import wanted
from evalkit.sampling.deliveries import unsupported
from evalkit.sampling.requests import requests_of
from evalkit.spending import enlarged, priced, purse_for, tell
from evalkit.text.counting import counted

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
_NAME = 40  # letters of a label in the name of a file
_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files of requests."""

    run: Run
    """The run that they belong to, begun in the store."""
    paths: tuple[Path, ...]
    """One or several, each within what a host takes; none where nothing is missing."""
    sizes: tuple[int, ...]
    """Requests in each of them."""
    n_draws: int
    """Draws that they would fill."""

    @property
    def n_requests(self) -> int:
        """Requests in all of them."""
        return sum(self.sizes)


def write(  # noqa: PLR0913 - each but four is a keyword with a default
    suite: Suite,
    store: Store,
    label: str,
    folder: Path,
    *,
    budget: Budget | None = None,
    notify: Callable[[str], None],
    most_requests: int = MOST_REQUESTS,
    most_bytes: int = MOST_BYTES,
    quiet: bool = False,
) -> Written:
    """Return the files that hold what a run lacks; the run is begun where it is not there.

    The name of a file says what is in it: the same requests give the same file, and no file is ever changed. Of a suite
    that stops when it knows enough, it is the next block of draws.

    Args:
        suite: What is asked, its address resolved.
        store: Where the run is, or will be.
        label: Name of the run.
        folder: Where the files go; made where it is missing.
        budget: What the run may come to, whatever was sent for it before; None for no limit, and no words about it.
        notify: Called with notices.
        most_requests: Requests of one file.
        most_bytes: Bytes of one file.
        quiet: Say nothing of older files of the run: somebody else knows what was sent.

    Raises:
        BudgetError: The budget has no room for all of them; nothing was written.
        PlanMismatchError: The label was begun with another suite.
        UsageError: A suite of this kind can not be written.
    """
    batchable(suite)
    if budget is not None:
        priced(suite, budget)
    suite, run, _ = wanted(suite, store, label)
    draws = tuple(_worth_asking(suite, store, label))
    if not draws:
        return Written(run=store.run(label), paths=(), sizes=(), n_draws=0)
    _check(suite, store, run, draws, budget, notify)
    tag = tag_of(run)
    folder.mkdir(parents=True, exist_ok=True)
    requests = [part for request in requests_of(draws, suite.mode) for part in fitting(tag, request)]
    stem = f"{_UNSAFE.sub('-', label)[:_NAME].strip('-') or 'run'}-{tag}"
    found = dict(_files(_lines(tag, requests), folder, stem, most_requests, most_bytes))
    n_older = len({path.name for path in folder.iterdir() if _is_of(tag, path)} - {path.name for path in found})
    if n_older and not quiet:
        there = counted(n_older, "older file")
        notify(f"{folder} holds {there} of run {label!r}: what is sent twice is bought twice")
    if own_loads(suite):
        notify("draws under a load of their own are left out: a host has an order of its own; `evalkit run` sends them")
    return Written(run=store.run(label), paths=tuple(found), sizes=tuple(found.values()), n_draws=len(draws))


def _is_of(tag: str, path: Path) -> bool:
    return re.search(rf"-{tag}-[0-9a-f]{{{_DIGITS}}}\.jsonl$", path.name) is not None


def _worth_asking(suite: Suite, store: Store, label: str) -> Iterator[Draw]:
    """Yield the open draws whose temperature is not known to be refused; the others are settled unasked, as online."""
    words = known_to_refuse(store, suite, label)
    for draw in tuple(open_draws(store, suite, label)):
        refusal = words.get(draw.cell.temperature)
        if refusal is None:
            yield draw
            continue
        request = Request(cell=draw.cell, replicates=(draw.replicate,))
        store.submit(label, unsupported(request, [], refusal, "")).result()


def _check(
    suite: Suite,
    store: Store,
    run: Run,
    draws: tuple[Draw, ...],
    budget: Budget | None,
    notify: Callable[[str], None],
) -> None:
    check_store(store, suite, len(draws), notify)
    purse = purse_for(store, run, suite, budget)
    if purse is None:
        return
    tell(batchable(suite), purse, settled(store, run.label), notify)
    enough = " ".join(enlarged(purse, draws, suite))
    if enough:
        raise BudgetError(
            f"the budget has no room for the {len(draws):,} draws that are open: a batch is bought whole",
            hint=f"{enough} is enough for them; nothing was written",
        )


def _lines(tag: str, requests: Iterable[Request]) -> Iterator[bytes]:
    stems: dict[str, str] = {}
    for request in requests:
        key = request.cell.key
        if key not in stems:
            stems[key] = stem_of(request.cell)
        yield line_of(tag, request, stems[key])


def _files(
    lines: Iterable[bytes], folder: Path, stem: str, most_requests: int, most_bytes: int
) -> Iterator[tuple[Path, int]]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) == most_requests or size + len(line) > most_bytes):
            yield _file(part, folder, stem), len(part)
            part, size = [], 0
        part.append(line)
        size += len(line)
    yield _file(part, folder, stem), len(part)


def _file(lines: list[bytes], folder: Path, stem: str) -> Path:
    """Write a file, whole or not at all, and return its path."""
    content = b"".join(lines)
    path = folder / f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.jsonl"
    replace_with(path, content)
    return path


def replace_with(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, for its owner only."""
    fd, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(part).unlink()
        raise
