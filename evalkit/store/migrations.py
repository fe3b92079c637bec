"""The schema's history: one step for each version, from the one before."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from evalkit.errors import StoreVersionError

APPLICATION_ID = 0x45564B54
"""``EVKT`` in the file's header: this file is a store of evalkit."""

HISTORY: Mapping[int, str] = {
    1: "runs, suites, cells, requests, attempts, replies, samples, failures, features",
    2: "probings and the answers they rest on; the load of cells at temperature 0",
    3: "of samples: whether the text was null, and the tools that were asked for",
}
"""What each version of the schema brought."""

SINCE: Mapping[str, int] = {"probing": 2, "heard": 2}
"""Versions that brought tables, by table; of those that are not named, the first."""

NULLS = 3
"""Version that tells null from an empty text."""

VERSION = max(HISTORY)
"""Version this program reads and writes; stands in the file as SQLite's ``user_version``."""

STEPS: Mapping[int, str] = {
    2: """
CREATE TABLE probing (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id),
    occasion TEXT NOT NULL,
    began_at TEXT NOT NULL,
    n_requests INTEGER NOT NULL,
    description ANY NOT NULL
) STRICT;
CREATE TABLE heard (
    probing_id INTEGER NOT NULL REFERENCES probing (id),
    ask_key TEXT NOT NULL,
    number INTEGER NOT NULL,
    status INTEGER NOT NULL,
    latency_s REAL NOT NULL,
    raw BLOB NOT NULL,
    PRIMARY KEY (probing_id, ask_key, number)
) STRICT;
CREATE TRIGGER probing_stays BEFORE UPDATE ON probing BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER probing_kept BEFORE DELETE ON probing BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heard_stays BEFORE UPDATE ON heard BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heard_kept BEFORE DELETE ON heard BEGIN SELECT RAISE(ABORT, 'append-only'); END;
DROP VIEW answer;
CREATE VIEW answer AS
SELECT
    run.label AS run,
    cell.prompt_id AS prompt_id,
    cell.temperature AS temperature,
    json_extract(CAST(cell.description AS TEXT), '$.load') AS load,
    sample.replicate AS replicate,
    CAST(sample.text AS TEXT) AS text,
    sample.finish_reason AS finish_reason,
    sample.attempts AS attempts
FROM sample JOIN run ON run.id = sample.run_id JOIN cell ON cell.id = sample.cell_id;
""",
    3: """
ALTER TABLE sample ADD COLUMN is_null INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample ADD COLUMN tool_calls ANY;
""",
}
"""SQL that brings a file of the version before to this version."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a store's schema."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(connection: sqlite3.Connection, path: Path, *, newest: int = VERSION) -> None:
    """Do nothing when this program can read the store.

    Raises:
        StoreVersionError: The store was written by a newer program.
    """
    found = version_of(connection)
    if found > newest:
        raise StoreVersionError(
            f"{path} has schema version {found}, this evalkit reads up to {newest}",
            hint="install a newer evalkit; `evalkit export` writes what this one understands of it",
        )


def upgrade(
    connection: sqlite3.Connection, path: Path, *, steps: Mapping[int, str] = STEPS, newest: int = VERSION
) -> Path | None:
    """Bring an older store to the newest version in one transaction, after a copy was made.

    Args:
        connection: Open for writing, outside a transaction.
        path: The store's file.
        steps: SQL by the version it leads to.
        newest: Version to reach.

    Returns:
        Where the copy lies; None when nothing had to be done.

    Raises:
        StoreVersionError: The store was written by a newer program.
    """
    check(connection, path, newest=newest)
    found = version_of(connection)
    if found == newest:
        return None
    copy = path.with_name(f"{path.name}.v{found}")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600))
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    script = "\n".join(steps[version] for version in range(found + 1, newest + 1))
    connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {newest}; COMMIT;")
    return copy
