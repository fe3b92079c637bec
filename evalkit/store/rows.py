"""Rows of a delivery, and outcomes of rows."""

from __future__ import annotations

import functools
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias, cast

from evalkit.errors import StoreError
from evalkit.nouns import Attempt, Cell, CellOutcomes, Delivery, Draw, Failure, FinishReason, Outcome, Sample, Usage
from evalkit.store import codec, migrations

Row: TypeAlias = "tuple[str | bytes | int | float | None, ...]"

_TOGETHER = 256  # rows that are held at once
_SIZES = (64, 16, 4, 1)  # rows of one statement: few kinds of them, for each is prepared once

_REQUEST = "request (id, run_id, cell_id, replicates, started_at)"
_REPLY = "reply"
_ATTEMPT = "attempt"
_SAMPLE = "sample"
_FAILURE = "failure (run_id, cell_id, replicate, request_id, error, message, attempts)"
_SAMPLES = """SELECT replicate, text, finish_reason, refusal, prompt_tokens, completion_tokens, latency_s, model,
system_fingerprint, response_id, attempts, logprobs, {newer}
FROM sample WHERE run_id = ? AND cell_id = ? AND replicate < ? ORDER BY replicate"""
_FAILURES = """SELECT replicate, error, message, attempts FROM failure AS last
WHERE run_id = ?1 AND cell_id = ?2 AND replicate < ?3
AND id = (SELECT max(id) FROM failure WHERE run_id = ?1 AND cell_id = ?2 AND replicate = last.replicate)
AND NOT EXISTS (SELECT 1 FROM sample WHERE run_id = ?1 AND cell_id = ?2 AND replicate = last.replicate)
ORDER BY replicate"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the rows of a run belong."""

    run_id: int
    """The run's number."""
    cell_ids: Mapping[str, int]
    """Numbers of its cells by key."""

    def of(self, cell: Cell) -> int:
        """Return the number of a cell.

        Raises:
            StoreError: The run has no such cell.
        """
        found = self.cell_ids.get(cell.key)
        if found is None:
            at = f"prompt {cell.prompt.id!r} at temperature {cell.temperature:g}"
            raise StoreError(f"{at} is no cell of this run", hint="begin a run of that suite first")
        return found


def now() -> str:
    """Return the UTC time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """A job that writes all that a request came to; of one that was not sent, the outcomes."""

    place: Place
    """Where the rows belong."""
    delivery: Delivery
    """What it came to."""

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Write it."""
        self.together(connection, [self])

    @staticmethod
    def together(connection: sqlite3.Connection, jobs: Sequence[DeliveryJob]) -> None:
        """Write many, in their order, with one statement for each table."""
        sent = [job for job in jobs if job.delivery.attempts]  # the others were settled without being sent
        # The writer alone writes, in a transaction that nobody else can enter.
        first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM request").fetchone()[0]
        numbers = {id(job): first + place for place, job in enumerate(sent)}
        _insert(connection, _REQUEST, [_request_row(numbers[id(job)], job) for job in sent])
        _insert(
            connection,
            _ATTEMPT,
            [_attempt_row(numbers[id(job)], each) for job in sent for each in job.delivery.attempts],
        )
        replies = [(numbers[id(job)], job.delivery.reply) for job in sent]
        _insert(
            connection,
            _REPLY,
            [(k, reply.status, reply.first_byte, reply.raw) for k, reply in replies if reply is not None],
        )
        samples: list[Row] = []
        failures: list[Row] = []
        for job in jobs:
            _add_rows(samples, failures, job.place, job.delivery.outcomes, numbers.get(id(job)))
        _insert(connection, _SAMPLE, samples)
        _insert(connection, _FAILURE, failures)


def write_outcomes(connection: sqlite3.Connection, place: Place, outcomes: Iterable[Outcome]) -> None:
    """Write samples and failures that no request gave, some at a time as they come."""
    outcomes = iter(outcomes)
    while some := list(itertools.islice(outcomes, _TOGETHER)):
        samples: list[Row] = []
        failures: list[Row] = []
        _add_rows(samples, failures, place, some, None)
        _insert(connection, _SAMPLE, samples)
        _insert(connection, _FAILURE, failures)


def _add_rows(
    samples: list[Row], failures: list[Row], place: Place, outcomes: Iterable[Outcome], request_id: int | None
) -> None:
    for outcome in outcomes:
        draw = outcome.draw
        key = (place.run_id, place.of(draw.cell), draw.replicate, request_id)
        if isinstance(outcome, Sample):
            samples.append((*key, *_sample_row(outcome)))
        else:
            failures.append((*key, codec.put(outcome.error), codec.put(outcome.message), outcome.attempts))


def _insert(connection: sqlite3.Connection, into: str, rows: Sequence[Row]) -> None:
    """Insert rows of equal length, many with one statement: the interpreter's lock changes hands with each."""
    at = 0
    for size in _SIZES:
        while len(rows) - at >= size:
            statement = _statement(into, size, len(rows[at]))
            connection.execute(statement, tuple(itertools.chain.from_iterable(rows[at : at + size])))
            at += size


@functools.cache
def _statement(into: str, n_rows: int, n_columns: int) -> str:
    row = f"({', '.join('?' * n_columns)})"
    # The first to fill a draw stays.
    end = " ON CONFLICT (run_id, cell_id, replicate) DO NOTHING" if into == _SAMPLE else ""
    return f"INSERT INTO {into} VALUES {', '.join([row] * n_rows)}{end}"  # noqa: S608 - names and question marks


def _request_row(number: int, job: DeliveryJob) -> Row:
    request = job.delivery.request
    replicates = f"[{', '.join(map(str, request.replicates))}]"  # JSON
    return number, job.place.run_id, job.place.of(request.cell), replicates, job.delivery.started_at


def _attempt_row(number: int, attempt: Attempt) -> Row:
    return (
        *(number, attempt.number, attempt.queued, attempt.sent, attempt.first_byte, attempt.done, attempt.status),
        *(codec.put(attempt.error), codec.put(attempt.message), attempt.raw),
    )


def write_cells(connection: sqlite3.Connection, run_id: int, cells: Iterable[Cell]) -> None:
    """Write the points of a design; those that are there already stay."""
    connection.executemany(
        "INSERT OR IGNORE INTO cell (run_id, key, prompt_id, temperature, mode, description) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                *(run_id, cell.key, codec.printable(cell.prompt.id), cell.decoding.temperature, cell.mode.value),
                codec.put(codec.cell_json(cell)),
            )
            for cell in cells
        ),
    )


def read_place(connection: sqlite3.Connection, run_id: int) -> Place:
    """Return where the rows of a run belong."""
    found = connection.execute("SELECT key, id FROM cell WHERE run_id = ?", (run_id,))
    return Place(run_id=run_id, cell_ids=dict(found.fetchall()))


def read_cell(connection: sqlite3.Connection, place: Place, cell: Cell, samples: int) -> CellOutcomes:
    """Return what came of a cell: its samples, and the last failure of each draw that is still open."""
    key = (place.run_id, place.of(cell), samples)
    newer = "is_null, tool_calls" if migrations.version_of(connection) >= migrations.NULLS else "0, NULL"
    return CellOutcomes(
        cell=cell,
        samples=tuple(_samples(cell, connection.execute(_SAMPLES.format(newer=newer), key))),
        failures=tuple(
            Failure(
                draw=Draw(cell=cell, replicate=replicate),
                error=codec.get(error),
                message=codec.get(message),
                attempts=attempts,
            )
            for replicate, error, message, attempts in connection.execute(_FAILURES, key)
        ),
    )


def _sample_row(sample: Sample) -> Row:
    return (
        codec.put(sample.text),
        sample.finish_reason.value,
        codec.put(sample.refusal),
        codec.put_count(sample.usage.prompt_tokens),
        codec.put_count(sample.usage.completion_tokens),
        sample.latency_s,
        codec.put(sample.model),
        codec.put(sample.system_fingerprint),
        codec.put(sample.response_id),
        sample.attempts,
        codec.put(sample.logprobs),
        sample.is_null,
        codec.put(sample.tool_calls),
    )


_REASONS = {reason.value: reason for reason in FinishReason}


def _samples(cell: Cell, found: sqlite3.Cursor) -> Iterator[Sample]:
    optional = codec.get_optional
    texts: dict[str, str] = {}
    usages: dict[tuple[int | None, int | None], Usage] = {}
    for row in found:
        replicate, told, reason, refusal, asked, given, latency, model, mark, name, attempts, logprobs, null, calls = (
            row
        )
        # What is said again is held once, and its hash is told once.
        text = codec.get(told)
        text = texts.setdefault(text, text)
        usage = usages.get((asked, given))
        if usage is None:
            usage = usages[asked, given] = Usage(prompt_tokens=asked, completion_tokens=given)
        yield _sample(
            _draw(cell, replicate),
            text,
            _REASONS.get(reason) or FinishReason(reason),
            optional(refusal),
            usage,
            latency,
            optional(model),
            optional(mark),
            optional(name),
            attempts,
            optional(logprobs),
            bool(null),
            optional(calls),
        )


class _Draw:
    """Becomes a draw when it is filled: a frozen class takes several times as long to fill its fields."""

    __slots__ = Draw.__slots__

    def __init__(self, cell: Cell, replicate: int) -> None:
        self.cell, self.replicate = cell, replicate
        self.__class__ = Draw  # type: ignore[assignment]


class _Sample:
    """Becomes a sample when it is filled."""

    __slots__ = Sample.__slots__

    def __init__(  # noqa: PLR0913, PLR0917 - the fields in their order
        self,
        draw: Draw,
        text: str,
        finish_reason: FinishReason,
        refusal: str | None,
        usage: Usage,
        latency_s: float | None,
        model: str | None,
        system_fingerprint: str | None,
        response_id: str | None,
        attempts: int,
        logprobs: str | None,
        is_null: bool,  # noqa: FBT001
        tool_calls: str | None,
    ) -> None:
        self.draw, self.text, self.finish_reason, self.refusal, self.usage = draw, text, finish_reason, refusal, usage
        self.latency_s, self.model, self.system_fingerprint = latency_s, model, system_fingerprint
        self.response_id, self.attempts, self.logprobs = response_id, attempts, logprobs
        self.is_null, self.tool_calls = is_null, tool_calls
        self.__class__ = Sample  # type: ignore[assignment]


_draw = cast("Callable[[Cell, int], Draw]", _Draw)
_sample = cast("Callable[..., Sample]", _Sample)
