"""A run whose suite, or whose own row, can not be read: what its cells still say of it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalkit.nouns import USUAL_METRICS, Cell, Load, MetricRequest, Prompt, Provenance, Suite, every_cell
from evalkit.store import codec, damage, rows
from evalkit.store.verify import understood

NOWHERE = Provenance(evalkit_version="unknown", python="unknown", platform="unknown", source="salvaged")
"""Where a run comes from whose own row is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A run as its cells tell of it."""

    run_id: int
    """Number of the run."""
    label: str
    """Its name; a new one where it is lost."""
    has_row: bool
    """Whether its own row can be read."""
    has_suite: bool
    """Whether a suite of its own can be read."""
    suite: Suite | None
    """A suite with the same cells, where its own can not be read and the cells make one."""

    @property
    def hopeless(self) -> bool:
        """True when nothing says any more what its answers belong to."""
        return not self.has_suite and self.suite is None

    def remarks(self) -> Iterator[str]:
        """Yield what became of it, one line each."""
        if self.hopeless:
            yield f"run {self.label!r}: neither its suite nor its cells can be read, so neither can its answers"
            return
        if not self.has_row:
            yield f"run {self.label!r}: its own row can not be read; where it came from is unknown"
        if self.suite is not None:
            yield f"run {self.label!r}: its suite is made anew of its cells, without references and tags"

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what is lost of it into a new store: its row, or its suite."""
        if not self.has_row and not self.hopeless:
            values = (self.run_id, self.label, "", rows.now(), codec.put(codec.provenance_json(NOWHERE)))
            connection.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?)", values)
        if self.suite is not None:
            suite = (self.run_id, self.suite.samples, codec.put(codec.suite_json(self.suite)), rows.now())
            connection.execute("INSERT INTO suite (run_id, samples, description, noted_at) VALUES (?, ?, ?, ?)", suite)


def rebuilt(damaged: sqlite3.Connection) -> Iterator[Rebuilt]:
    """Yield each run of a damaged store that has lost its row or its suite.

    Args:
        damaged: Opened by `damage.connect`.
    """
    found: dict[int, list[Cell]] = defaultdict(list)
    for row in damage.rows(damaged, "cell", []):
        if understood("cell", row) is None:
            found[row["run_id"]].append(codec.cell_of(codec.get(row["description"])))
    labels, whole = {}, set()
    for row in damage.rows(damaged, "run", []):
        labels[row["id"]] = row["label"]
        whole |= {row["id"]} if understood("run", row) is None else set()
    told = {row["run_id"] for row in damage.rows(damaged, "suite", []) if understood("suite", row) is None}
    lost = sorted((labels.keys() | found.keys() | told) - (whole & told))
    most = _replicates(damaged) if lost else {}
    for run_id in lost:
        name = labels.get(run_id) or f"salvaged-{run_id}"
        suite = None if run_id in told else _suite(name, found[run_id], most.get(run_id, 0) + 1)
        yield Rebuilt(run_id=run_id, label=name, has_row=run_id in whole, has_suite=run_id in told, suite=suite)


def _replicates(damaged: sqlite3.Connection) -> dict[int, int]:
    """Return the largest replicate of each run, as far as its outcomes can be read."""
    most: dict[int, int] = {}
    for table in ("sample", "failure"):
        for row in damage.rows(damaged, table, []):
            if understood(table, row) is None:
                most[row["run_id"]] = max(most.get(row["run_id"], 0), row["replicate"])
    return most


def _suite(name: str, cells: list[Cell], samples: int) -> Suite | None:
    """Return the suite of a run's cells, without references and tags; None where they are not those of one suite."""
    if not cells:
        return None
    first = cells[0]
    prompts = {cell.prompt.id: Prompt(id=cell.prompt.id, messages=cell.prompt.messages) for cell in cells}
    loads = {cell.load for cell in cells}
    suite = Suite(
        name=name,
        endpoint=first.endpoint,
        prompts=tuple(prompts.values()),
        temperatures=tuple(sorted({cell.temperature for cell in cells if cell.load is None})),
        samples=samples,
        metrics=tuple(MetricRequest(name=metric) for metric in USUAL_METRICS),
        decoding=replace(first.decoding, temperature=None),
        send_temperature=first.decoding.temperature is not None,
        mode=first.mode,
        load=tuple(load for load in Load if load in loads),
    )
    return suite if suite.temperatures and {cell.key for cell in cells} <= {c.key for c in every_cell(suite)} else None
