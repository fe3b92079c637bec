"""Rows of a delivery, and outcomes of rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from evalkit.errors import StoreError
from evalkit.nouns import Cell, CellOutcomes, Delivery, Draw, Failure, FinishReason, Outcome, Sample, Usage
from evalkit.store import codec, migrations

Row: TypeAlias = "tuple[str | bytes | int | float | None, ...]"

_ATTEMPT = "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SAMPLE = """INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, cell_id, replicate) DO NOTHING"""  # the first to fill a draw stays
_FAILURE = """INSERT INTO failure (run_id, cell_id, replicate, request_id, error, message, attempts)
VALUES (?, ?, ?, ?, ?, ?, ?)"""
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


def write_delivery(connection: sqlite3.Connection, place: Place, delivery: Delivery) -> None:
    """Write all that a request came to; of one that was not sent, the outcomes."""
    request, reply = delivery.request, delivery.reply
    if not delivery.attempts:  # settled without being sent
        write_outcomes(connection, place, delivery.outcomes, None)
        return
    request_id = connection.execute(
        "INSERT INTO request (run_id, cell_id, replicates, started_at) VALUES (?, ?, ?, ?)",
        (place.run_id, place.of(request.cell), json.dumps(request.replicates), delivery.started_at),
    ).lastrowid
    connection.executemany(
        _ATTEMPT,
        [
            (
                *(request_id, a.number, a.queued, a.sent, a.first_byte, a.done, a.status),
                *(codec.put(a.error), codec.put(a.message), a.raw),
            )
            for a in delivery.attempts
        ],
    )
    if reply is not None:
        connection.execute(
            "INSERT INTO reply VALUES (?, ?, ?, ?)", (request_id, reply.status, reply.first_byte, reply.raw)
        )
    write_outcomes(connection, place, delivery.outcomes, request_id)


def write_outcomes(
    connection: sqlite3.Connection, place: Place, outcomes: Iterable[Outcome], request_id: int | None
) -> None:
    """Write samples and failures, one by one as they come."""
    for outcome in outcomes:
        draw = outcome.draw
        key = (place.run_id, place.of(draw.cell), draw.replicate, request_id)
        if isinstance(outcome, Sample):
            connection.execute(_SAMPLE, (*key, *_sample_row(outcome)))
        else:
            connection.execute(_FAILURE, (*key, codec.put(outcome.error), codec.put(outcome.message), outcome.attempts))


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


def _samples(cell: Cell, found: sqlite3.Cursor) -> Iterator[Sample]:
    for replicate, text, reason, refusal, asked, given, latency, model, mark, name, attempts, logprobs, *more in found:
        is_null, tool_calls = more
        yield Sample(
            draw=Draw(cell=cell, replicate=replicate),
            text=codec.get(text),
            finish_reason=FinishReason(reason),
            refusal=codec.get_optional(refusal),
            usage=Usage(prompt_tokens=asked, completion_tokens=given),
            latency_s=latency,
            model=codec.get_optional(model),
            system_fingerprint=codec.get_optional(mark),
            response_id=codec.get_optional(name),
            attempts=attempts,
            logprobs=codec.get_optional(logprobs),
            is_null=bool(is_null),
            tool_calls=codec.get_optional(tool_calls),
        )
