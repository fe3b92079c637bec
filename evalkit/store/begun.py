"""Rows of runs: one begun or found again, and its counts."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from evalkit.errors import PlanMismatchError, StoreError
from evalkit.nouns import UNSUPPORTED, Plan, Provenance, Run, Suite, every_cell, n_draws
from evalkit.store import codec, probings, rows
from evalkit.store.mismatch import differences

RUNS = "SELECT id, label, created_at, provenance FROM run"
"""What `run_of` makes a run of."""
_SUITE = "SELECT description FROM suite WHERE run_id = ? ORDER BY id DESC LIMIT 1"
_OPEN = """SELECT count(*), coalesce(sum(refused), 0) FROM (
SELECT max(error = ?2) AS refused FROM failure AS f WHERE run_id = ?1
AND NOT EXISTS (SELECT 1 FROM sample WHERE run_id = ?1 AND cell_id = f.cell_id AND replicate = f.replicate)
GROUP BY cell_id, replicate)"""
_WORDS = """SELECT cell.key, replicate, message FROM failure AS f JOIN cell ON cell.id = cell_id
WHERE f.run_id = ?1 AND error = ?2
AND NOT EXISTS (SELECT 1 FROM sample WHERE run_id = ?1 AND cell_id = f.cell_id AND replicate = f.replicate)"""


def begin(
    connection: sqlite3.Connection, label: str, suite: Suite, provenance: Provenance, *, grow: bool = False
) -> None:
    """Write a run, or what is new of one that is there; see `evalkit.nouns.ports.Store`.

    Raises:
        PlanMismatchError: The label was begun with other cells.
    """
    plan_key = _plan_key(suite)
    found = connection.execute("SELECT id FROM run WHERE label = ?", (label,)).fetchone()
    if found is None:
        values = (label, plan_key, rows.now(), codec.put(codec.provenance_json(provenance)))
        insert = "INSERT INTO run (label, plan_key, created_at, provenance) VALUES (?, ?, ?, ?)"
        run_id = connection.execute(insert, values).lastrowid
        if run_id is None:  # never after an insert; the type says it could be
            raise StoreError(f"run {label!r} was not written")
        rows.write_cells(connection, run_id, every_cell(suite))
        _note(connection, run_id, suite)
        return
    run_id = int(found[0])
    known = _suite(connection, run_id)
    if grow:
        suite = replace(suite, temperatures=tuple(sorted({*known.temperatures, *suite.temperatures})))
        if not differences(replace(known, temperatures=suite.temperatures), suite):
            rows.write_cells(connection, run_id, every_cell(suite))
            known, plan_key = replace(known, temperatures=suite.temperatures), _plan_key(suite)
    known_key = _plan_key(known)
    if known_key != plan_key and _is_empty(connection, run_id):
        # Nothing was answered: a wrong address or a missing key must not hold the label for ever.
        rows.write_cells(connection, run_id, every_cell(suite))
        _note(connection, run_id, suite)
        return
    if known_key != plan_key:
        raise PlanMismatchError(
            f"run {label!r} was begun with another suite: {'; '.join(differences(known, suite))}",
            hint="choose another label, or go back to that suite",
        )
    latest = replace(suite, samples=max(suite.samples, _most_wanted(known)))
    if codec.suite_json(latest) != codec.suite_json(_suite(connection, run_id)):
        _note(connection, run_id, latest)


def _most_wanted(suite: Suite) -> int:
    """Return the most draws that were ever wanted of a cell."""
    return max((size for standing in suite.standings for size in standing.sizes), default=suite.samples)


def _plan_key(suite: Suite) -> str:
    return Plan(cells=every_cell(suite), samples=suite.samples).key


def _is_empty(connection: sqlite3.Connection, run_id: int) -> bool:
    """Return whether nothing has come of a run yet."""
    outcomes = "SELECT 1 FROM sample WHERE run_id = ? UNION ALL SELECT 1 FROM failure WHERE run_id = ? LIMIT 1"
    return connection.execute(outcomes, (run_id, run_id)).fetchone() is None


def _note(connection: sqlite3.Connection, run_id: int, suite: Suite) -> None:
    connection.execute(
        "INSERT INTO suite (run_id, samples, description, noted_at) VALUES (?, ?, ?, ?)",
        (run_id, suite.samples, codec.put(codec.suite_json(suite)), rows.now()),
    )


def _suite(connection: sqlite3.Connection, run_id: int) -> Suite:
    return codec.suite_of(codec.get(connection.execute(_SUITE, (run_id,)).fetchone()[0]))


def run_id_of(connection: sqlite3.Connection, label: str) -> int:
    """Return the number of a run that is there."""
    return int(connection.execute("SELECT id FROM run WHERE label = ?", (label,)).fetchone()[0])


def run_of(connection: sqlite3.Connection, row: tuple[int, str, str, str | bytes]) -> Run:
    """Return the run of a row, with its counts and the suite given last."""
    run_id, label, created_at, provenance = row
    suite = _suite(connection, run_id)
    one = (run_id,)
    first_at, last_at = connection.execute(
        "SELECT min(started_at), max(started_at) FROM request WHERE run_id = ?", one
    ).fetchone()
    n_open, n_unsupported = connection.execute(_OPEN, (run_id, UNSUPPORTED)).fetchone()
    return Run(
        label=label,
        plan_key=_plan_key(suite),
        suite=suite,
        provenance=codec.provenance_of(codec.get(provenance)),
        created_at=created_at,
        n_draws=n_draws(suite),
        n_samples=connection.execute("SELECT count(*) FROM sample WHERE run_id = ?", one).fetchone()[0],
        n_failures=n_open - n_unsupported,
        n_unsupported=n_unsupported,
        first_at=first_at,
        last_at=last_at,
        probings=probings.read(connection, run_id, suite),
    )


def unsupported_of(connection: sqlite3.Connection, run_id: int) -> dict[tuple[str, int], str]:
    """Return the slots that hold no sample because the endpoint refuses their temperature, with its words."""
    return {
        (key, replicate): codec.get(words)
        for key, replicate, words in connection.execute(_WORDS, (run_id, UNSUPPORTED))
    }
