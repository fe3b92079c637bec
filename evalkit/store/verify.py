"""Is this store whole? Reads everything, changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from evalkit.errors import StoreError
from evalkit.nouns import FinishReason, every_cell
from evalkit.store import codec, migrations, opening

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
    with closing(opening.connect(path, write=False)) as connection, opening.readable(path):
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        problems = list(_of_pages(connection))
        readable = []
        version = migrations.version_of(connection)
        for table, check in _CHECKS.items():
            if version < migrations.SINCE.get(table, 1):
                continue
            count, wrong = _of_table(connection, table, check)
            readable.append((table, count))
            problems += wrong
        return Verification(
            path=str(path),
            version=version,
            readable=tuple(readable),
            problems=tuple(problems),
        )


def _of_pages(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})").fetchall():
            if found != "ok":
                yield f"file: {found}"
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST):
            yield f"{table}: row {row} belongs to a {parent} that is not there"
    except sqlite3.Error as error:
        yield f"file: {error}"


def _of_table(connection: sqlite3.Connection, table: str, check: _Check) -> tuple[int, list[str]]:
    """Return how many rows can be read, from both ends when the middle can not, and what is wrong."""
    wrong: list[str] = []
    count = 0
    last = None
    try:
        for row in connection.execute(f"SELECT rowid AS at, * FROM {table} NOT INDEXED ORDER BY rowid"):  # noqa: S608 - our names
            last = row["at"]
            count += _sound(table, row, check, wrong)
    except sqlite3.Error as error:
        wrong.append(f"{table}: unreadable after row {last or 0}: {error}")
        count += _from_the_end(connection, table, check, last or 0)
    return count, wrong[:_MOST]


def _from_the_end(connection: sqlite3.Connection, table: str, check: _Check, last: int) -> int:
    count = 0
    try:
        query = f"SELECT rowid AS at, * FROM {table} NOT INDEXED WHERE rowid > ? ORDER BY rowid DESC"  # noqa: S608 - our names
        for row in connection.execute(query, (last,)):
            count += _sound(table, row, check, [])
    except sqlite3.Error:
        return count  # the first pass said why
    return count


def _sound(table: str, row: sqlite3.Row, check: _Check, wrong: list[str]) -> bool:
    try:
        check(row)
    except (ValueError, TypeError, KeyError) as error:
        wrong.append(f"{table}: row {row['at']} can not be understood: {error}")
        return False
    return True


def _texts(*columns: str) -> _Check:
    def check(row: sqlite3.Row) -> None:
        for column in columns:
            codec.get_optional(row[column])

    return check


def _check_run(row: sqlite3.Row) -> None:
    codec.provenance_of(codec.get(row["provenance"]))


def _check_suite(row: sqlite3.Row) -> None:
    every_cell(codec.suite_of(codec.get(row["description"])))


def _check_sample(row: sqlite3.Row) -> None:
    FinishReason(row["finish_reason"])
    _texts("text", "refusal", "model", "system_fingerprint", "response_id", "logprobs")(row)


_CHECKS: Mapping[str, _Check] = MappingProxyType(
    {
        "run": _check_run,
        "suite": _check_suite,
        "cell": _texts("description"),
        "request": _texts(),
        "attempt": _texts("error", "message"),
        "reply": _texts(),
        "sample": _check_sample,
        "failure": _texts("error", "message"),
        "probing": _texts("description"),
        "heard": _texts(),
    }
)
