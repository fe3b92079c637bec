"""Is this store whole? Reads everything, changes nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from evalkit.errors import StoreError, StoreVersionError
from evalkit.nouns import FinishReason, Occasion, every_cell
from evalkit.store import codec, damage, migrations, opening, probings

_Check: TypeAlias = "Callable[[sqlite3.Row], None]"
_MOST = 100  # problems of one kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What can be read of a store."""

    path: str
    """The file."""
    version: int
    """Version of its schema."""
    readable: tuple[tuple[str, int], ...]
    """Rows that can be read, by table."""
    problems: tuple[str, ...]
    """What is wrong, one line each."""

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(path: str | Path) -> Verification:
    """Return what of a store can be read and what is wrong with it; the file is not changed.

    Raises:
        StoreError: There is no store at the path, or not even its header can be read.
        StoreVersionError: It was written by a newer program.
    """
    path = Path(path)
    try:
        opening.check_file(path, write=False)
    except FileNotFoundError:
        raise StoreError(f"there is no store at {path}", hint="is the path right?") from None
    log = list(damage.of_log(path))
    with closing(_connected(path)) as connection, opening.readable(path):
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        problems = [*log, *_of_pages(connection)]
        readable = []
        version = migrations.version_of(connection)
        for table in CHECKS:
            if version < migrations.SINCE.get(table, 1):
                continue
            count, wrong = _of_table(connection, table)
            readable.append((table, count))
            problems += wrong
        return Verification(
            path=str(path),
            version=version,
            readable=tuple(readable),
            problems=tuple(problems),
        )


def _connected(path: Path) -> sqlite3.Connection:
    """Return a connection to a store, or to what is left of one."""
    try:
        return opening.connect(path, write=False)
    except StoreVersionError:
        raise
    except StoreError:
        connection = damage.tolerant(path)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID:
                migrations.check(connection, path)
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return connection
        except sqlite3.Error:
            pass
        connection.close()
        raise


def _of_pages(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})").fetchall():
            if found != "ok":
                yield f"file: {found}"
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST):
            yield f"{table}: row {row} belongs to a {parent} that is not there"
    except sqlite3.Error as error:
        yield f"file: {error}"


def _of_table(connection: sqlite3.Connection, table: str) -> tuple[int, list[str]]:
    """Return how many rows can be read, around all holes, and what is wrong."""
    wrong: list[str] = []
    count = 0
    torn: list[str] = []
    for row in damage.rows(connection, table, torn):
        problem = understood(table, row)
        count += problem is None
        if problem is not None and len(wrong) < _MOST:
            wrong.append(f"{table}: row {row['at']} can not be understood: {problem}")
    return count, [*torn[:_MOST], *wrong]


def understood(table: str, row: sqlite3.Row) -> str | None:
    """Return what is wrong with a row that SQLite finds sound; None when nothing is."""
    try:
        CHECKS.get(table, _texts())(row)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return str(error)
    return None


def _texts(*columns: str) -> _Check:
    def check(row: sqlite3.Row) -> None:
        for column in columns:
            codec.get_optional(row[column])

    return check


def _check_run(row: sqlite3.Row) -> None:
    codec.provenance_of(codec.get(row["provenance"]))


def _check_suite(row: sqlite3.Row) -> None:
    every_cell(codec.suite_of(codec.get(row["description"])))


def _check_cell(row: sqlite3.Row) -> None:
    if codec.cell_of(codec.get(row["description"])).key != row["key"]:
        raise ValueError("its key is not that of its description")


def _check_request(row: sqlite3.Row) -> None:
    replicates = json.loads(row["replicates"])
    if not isinstance(replicates, list) or not all(isinstance(each, int) for each in replicates):
        raise TypeError("its replicates are no list of numbers")


def _check_probing(row: sqlite3.Row) -> None:
    Occasion(row["occasion"])
    probings.check(codec.get(row["description"]))


def _check_sample(row: sqlite3.Row) -> None:
    FinishReason(row["finish_reason"])
    _texts("text", "refusal", "model", "system_fingerprint", "response_id", "logprobs")(row)
    if "tool_calls" in row.keys():  # noqa: SIM118 - a row of older stores has none, and `in` a row looks at values
        _texts("tool_calls")(row)


CHECKS: Mapping[str, _Check] = MappingProxyType(
    {
        "run": _check_run,
        "suite": _check_suite,
        "cell": _check_cell,
        "request": _check_request,
        "attempt": _texts("error", "message"),
        "reply": _texts(),
        "sample": _check_sample,
        "failure": _texts("error", "message"),
        "probing": _check_probing,
        "heard": _texts(),
    }
)
"""Whether a row can be understood, by table, parents before those that name them; raises what is wrong."""
