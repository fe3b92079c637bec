"""Rows of a damaged store, table by table, into a new one: what is sound goes over, what is not is counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from evalkit.store import damage
from evalkit.store.rebuilding import Rebuilt, rebuilt
from evalkit.store.verify import CHECKS, understood

_ORDER = (*CHECKS, "feature")  # parents first
_LOOSE = frozenset({"sample", "failure"})  # tables whose rows may stand without their request
_REFUSED = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, OverflowError, UnicodeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of a table."""

    table: str
    """Its name."""
    n_saved: int
    """Rows that were written."""
    n_lost: int
    """Rows that were not, as far as their numbers tell: at least so many."""


@dataclass(slots=True)
class _Fate:
    saved: int = 0
    seen: int = 0
    last: int = 0
    torn: bool = False
    remarks: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Return how many rows are missing: rows are numbered from 1 without gaps, and none is ever removed."""
        return max(self.last - self.saved, self.seen - self.saved, int(self.torn))


def refill(new: sqlite3.Connection, damaged: sqlite3.Connection) -> tuple[tuple[Filled, ...], tuple[str, ...]]:
    """Return what became of each table, and remarks; all is written in one transaction.

    Args:
        new: An empty store, open for writing.
        damaged: Opened by `damage.connect`.
    """
    remarks: list[str] = []
    tables = []
    new.execute("BEGIN IMMEDIATE")
    lost = tuple(rebuilt(damaged))
    hopeless = {each.run_id for each in lost if each.hopeless}
    for table in _ORDER:
        columns = _columns(new, damaged, table)
        if not columns:
            continue
        fate = _Fate()
        torn: list[str] = []
        for row in damage.rows(damaged, table, torn):
            fate.seen, fate.last = fate.seen + 1, row["at"]
            if table != "run" or row["id"] not in hopeless:
                fate.saved += _write(new, table, columns, row, fate.remarks)
        if table == "run":
            fate.remarks += _make(new, lost)
        fate.torn = bool(torn)
        tables.append(Filled(table=table, n_saved=fate.saved, n_lost=fate.lost))
        remarks += _brief(table, fate.remarks)
    new.execute("COMMIT")
    return tuple(tables), tuple(remarks)


def _make(new: sqlite3.Connection, lost: Iterable[Rebuilt]) -> Iterator[str]:
    """Write what can be made anew of runs, and yield what became of each."""
    for each in lost:
        try:
            each.write(new)
        except _REFUSED as error:
            yield f"run {each.run_id}: can not be made anew: {error}"
        else:
            yield from each.remarks()


def _columns(new: sqlite3.Connection, damaged: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns a table has in both stores; none where the damaged one is older than the table."""
    there = {column for _, column, *_ in damaged.execute(f"PRAGMA table_info({table})")}
    return [column for _, column, *_ in new.execute(f"PRAGMA table_info({table})") if column in there]


def _write(new: sqlite3.Connection, table: str, columns: list[str], row: sqlite3.Row, remarks: list[str]) -> bool:
    """Return whether a row was written."""
    problem = understood(table, row)
    if problem is not None:
        remarks.append(f"row {row['at']} can not be understood: {problem}")
        return False
    values = {column: row[column] for column in columns}
    marks = ", ".join(f":{column}" for column in columns)
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our names
    for each in _tries(table, values):
        try:
            new.execute(insert, each)
        except _REFUSED as error:
            reason = str(error)
            continue
        if each is not values:
            remarks.append(f"row {row['at']} is kept without its request, which can not be read")
        return True
    remarks.append(f"row {row['at']} does not go with the others: {reason}")
    return False


def _tries(table: str, values: dict[str, object]) -> Iterator[dict[str, object]]:
    yield values
    if table in _LOOSE and values["request_id"] is not None:
        yield {**values, "request_id": None}


def _brief(table: str, remarks: list[str], most: int = 5) -> list[str]:
    """Return the first remarks on a table, and how many more there are."""
    more = [f"{table}: and {len(remarks) - most:,} more rows"] if len(remarks) > most else []
    return [f"{table}: {remark}" for remark in remarks[:most]] + more
