"""What is dear to compute, kept by content: the rows of table ``feature``."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

from evalkit.store.codec import printable

_AT_ONCE = 500  # keys of one statement; SQLite takes a thousand everywhere


def read(connection: sqlite3.Connection, name: str, keys: Collection[str]) -> dict[str, bytes]:
    """Return the values that are there, by key.

    Args:
        connection: Open for reading.
        name: Who made the values, with all that could change them.
        keys: SHA-256 of what each was made from.
    """
    found: dict[str, bytes] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        query = f"SELECT text_key, value FROM feature WHERE name = ? AND text_key IN ({marks})"  # noqa: S608 - marks
        found |= dict(connection.execute(query, (printable(name), *part)))
    return found


def write(connection: sqlite3.Connection, name: str, values: Mapping[str, bytes]) -> None:
    """Add values by key; one that is there stays.

    Args:
        connection: Within a transaction.
        name: Who made the values, with all that could change them.
        values: By SHA-256 of what each was made from.
    """
    rows = [(printable(name), key, value) for key, value in values.items()]
    connection.executemany("INSERT OR IGNORE INTO feature (name, text_key, value) VALUES (?, ?, ?)", rows)
