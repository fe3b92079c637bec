"""Result files of the Batch API, read into the draws that they answer, as if the answers had come one by one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from evalkit import environment
from evalkit.backends.batch_lines import LineError, Result, cell_of, result_of
from evalkit.batching.slots import tag_of
from evalkit.nouns import Cell, Delivery, Failure, Reply, Request, Run, Sample, every_cell
from evalkit.refusing import settled
from evalkit.sampling import deliveries
from evalkit.sampling.clock import Clock
from evalkit.store.known import mark
from evalkit.store.reading import read_lines
from evalkit.store.sqlite import SqliteStore
from evalkit.text.counting import counted
from evalkit.text.redacting import forms_of, redacted

MOST_REMARKS = 5
"""Lines of a file that are told one by one."""
_WAITING = 512  # deliveries that wait for the disk together
_YEARS = (2020, 2200)  # of a date that a server may give
_NO_DATE = (msgspec.MsgspecError, RecursionError, TypeError, ValueError, OverflowError, OSError)


class _Dated(msgspec.Struct):
    created: Any = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """What became of the lines of result files."""

    runs: dict[str, Run] = field(default_factory=dict)
    """The runs that lines belong to, by label, as they stand now."""
    n_lines: int = 0
    """Lines that were read."""
    n_answers: int = 0
    """Draws that were filled."""
    n_failures: int = 0
    """Draws of requests that failed."""
    n_unsupported: int = 0
    """Draws whose temperature the endpoint refuses."""
    n_again: int = 0
    """Lines that had been read before."""
    n_beside: int = 0
    """Answers to draws that other answers fill already: their bytes are kept, and fill nothing."""
    n_unplaced: int = 0
    """Lines that belong to no draw, or can not be read."""
    errors: Counter[str] = field(default_factory=Counter)
    """How often each error was met, by its name."""
    remarks: list[str] = field(default_factory=list)
    """The first of the lines that belong nowhere, and why: file, number, reason."""

    def add(self, other: Reading) -> None:
        """Take in what became of further lines."""
        self.runs |= other.runs
        for name in ("n_lines", "n_answers", "n_failures", "n_unsupported", "n_again", "n_beside", "n_unplaced"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.errors += other.errors
        self.remarks += other.remarks


def read(
    store: SqliteStore,
    paths: Iterable[Path],
    *,
    label: str | None = None,
    sent_at: str | None = None,
    watch: Callable[[int], None] = lambda _n: None,
) -> Reading:
    """Return what became of the lines of result files and error files, in any order; on disk when it returns.

    Each answer goes into the draw that its name says, of the run that its name says; what was read before changes
    nothing. What belongs nowhere is told, and the rest is read.

    Args:
        store: Where the runs are.
        paths: The files, plain or gzipped.
        label: The only run whose lines are read; None for every run of the store.
        sent_at: UTC time at which the batch was sent, ISO 8601; where it is not known, each answer's own date stands
            for it, and else the time of reading.
        watch: Called with the number of lines read, now and then.

    Raises:
        StoreError: A file can not be read, there is no such run, or an answer could not be written; what was written
            before stays.
    """
    reader = _Reader(store=store, label=label, sent_at=sent_at)
    for path in paths:
        reader.read(Path(path), watch)
    return reader.done()


class _Reader:
    """Reads files line by line; what it hands over is on disk when `done` returns."""

    def __init__(self, *, store: SqliteStore, label: str | None, sent_at: str | None) -> None:
        runs = store.runs()
        if label is not None:
            store.run(label)  # says which there are
        self._store, self._label, self._sent_at = store, label, sent_at
        self._tags = {tag_of(run): run for run in runs}
        self._cells: dict[str, Mapping[str, Cell]] = {}
        self._settled: dict[str, set[tuple[str, int]]] = {}
        self._known: dict[str, set[bytes]] = {}
        self._now: set[bytes] = set()
        self._waiting: deque[Future[None]] = deque()
        self._clock, self._secrets = Clock(), forms_of(environment.api_key())
        self._found = Reading()

    def read(self, path: Path, watch: Callable[[int], None]) -> None:
        """Read one file."""
        found = self._found
        n_unplaced = found.n_unplaced
        for number, line in read_lines(path):
            found.n_lines += 1
            watch(found.n_lines)
            if not line.strip():
                continue
            whole = "" if line.endswith(b"\n") else "; the file ends here: is it whole?"
            try:
                result = result_of(redacted(line.rstrip(b"\r\n"), self._secrets))
                self._place(result)
            except LineError as error:
                found.n_unplaced += 1
                if found.n_unplaced - n_unplaced <= MOST_REMARKS:
                    found.remarks.append(f"{path}:{number}: {error}{whole}")
        more = found.n_unplaced - n_unplaced - MOST_REMARKS
        if more > 0:
            found.remarks.append(f"{path}: and {counted(more, 'further line')}")

    def done(self) -> Reading:
        """Return what became of all lines."""
        self._write(0)
        self._found.runs = {label: self._store.run(label) for label in self._found.runs}
        return self._found

    def _place(self, result: Result) -> None:
        """Put a result into its draws."""
        run = self._tags.get(result.name.tag)
        if run is None:
            raise LineError(f"it belongs to a run {result.name.tag} that is not in this store")
        if self._label not in {None, run.label}:
            raise LineError(f"it belongs to run {run.label!r}")
        cell = self._cell(run, result.name.cell)
        replicates = result.name.replicates
        if cell is None or max(replicates) >= run.suite.samples:
            raise LineError(f"it belongs to no draw that run {run.label!r} asks for now")
        self._found.runs.setdefault(run.label, run)
        request = Request(cell=cell, replicates=replicates)
        raw = result.outcome.raw
        marked = mark(cell.key, replicates, raw)
        if self._is_known(run, request, marked, failed=not isinstance(result.outcome, Reply)):
            self._found.n_again += 1
            return
        self._now.add(marked)
        self._keep(run, self._delivery(request, result))

    def _cell(self, run: Run, digits: str) -> Cell | None:
        if run.label not in self._cells:
            self._cells[run.label] = {cell_of(cell.key): cell for cell in every_cell(run.suite)}
            self._settled[run.label] = settled(self._store, run.label)
        return self._cells[run.label].get(digits)

    def _is_known(self, run: Run, request: Request, marked: bytes, *, failed: bool) -> bool:
        """Return whether a result was read before; what answers open draws only was not."""
        slots = {draw.slot for draw in request.draws}
        if not failed and not slots & self._settled[run.label]:
            return False
        if run.label not in self._known:
            self._known[run.label] = self._store.known(run.label)
        return marked in self._now or marked in self._known[run.label]

    def _delivery(self, request: Request, result: Result) -> Delivery:
        # How long a host took for a request, nobody tells: the times are that of reading, and no latency follows.
        now, outcome = self._clock.now(), result.outcome
        attempts = [deliveries.attempt(1, now, now, now, outcome)]
        if isinstance(outcome, Reply):
            return deliveries.answered(request, attempts, outcome, self._date(outcome.raw), timed=False)
        return deliveries.failed(request, attempts, outcome, self._sent_at or self._clock.date())

    def _date(self, raw: bytes) -> str:
        """Return when a request was sent, as far as that is known."""
        if self._sent_at:
            return self._sent_at
        try:
            created = msgspec.json.decode(raw, type=_Dated).created
            date = datetime.fromtimestamp(created, UTC)
        except (
            msgspec.MsgspecError,
            UnicodeDecodeError,
            RecursionError,
            TypeError,
            ValueError,
            OverflowError,
            OSError,
        ):
            return self._clock.date()
        return date.isoformat(timespec="milliseconds") if _YEARS[0] <= date.year < _YEARS[1] else self._clock.date()

    def _keep(self, run: Run, delivery: Delivery) -> None:
        self._waiting.append(self._store.submit(run.label, delivery))
        self._write(_WAITING)
        found, done = self._found, self._settled[run.label]
        fresh = [each for each in delivery.outcomes if isinstance(each, Sample) and each.draw.slot not in done]
        failures = [each for each in delivery.outcomes if isinstance(each, Failure) and each.draw.slot not in done]
        found.n_answers += len(fresh)
        found.n_beside += sum(isinstance(each, Sample) for each in delivery.outcomes) - len(fresh)
        found.n_failures += sum(not each.unsupported for each in failures)
        found.n_unsupported += sum(each.unsupported for each in failures)
        found.errors.update(each.error for each in failures)
        done.update(each.draw.slot for each in delivery.outcomes if isinstance(each, Sample) or each.unsupported)

    def _write(self, left: int) -> None:
        """Wait until no more than so many deliveries wait for the disk."""
        while len(self._waiting) > left:
            self._waiting.popleft().result()


def in_words(found: Reading) -> Iterator[str]:
    """Yield what became of the lines of files, a line each: counts, then what was told of single lines."""
    parts = (
        (found.n_answers, counted(found.n_answers, "draw") + " filled"),
        (found.n_failures, f"{found.n_failures:,} failed"),
        (found.n_unsupported, f"{found.n_unsupported:,} at temperatures that are refused"),
        (found.n_again, counted(found.n_again, "line") + " read before"),
        (
            found.n_beside,
            counted(found.n_beside, "answer") + " beside those that fill the draws: kept, not counted",
        ),
        (found.n_unplaced, counted(found.n_unplaced, "line") + " of no draw"),
    )
    told = "; ".join(words for count, words in parts if count)
    yield f"{counted(found.n_lines, 'line')}: {told or 'nothing in them'}"
    if found.errors:
        yield "errors: " + ", ".join(f"{name} ({count:,})" for name, count in sorted(found.errors.items()))
    yield from found.remarks
