"""Answers that a full disk could not take, back into their run from the lines that were handed out instead."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import StoreError
from evalkit.nouns import Cell, Delivery, Draw, Request, Run, Sample, every_cell
from evalkit.store.lines import BEGIN
from evalkit.store.reading import read_lines
from evalkit.store.recorded import Row, row_of
from evalkit.store.sqlite import SqliteStore

_TOGETHER = 64  # answers that are written at once
_MOST = 5  # remarks on lines that are no answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of the lines of a file."""

    run: Run
    """The run, with what was added."""
    n_added: int
    """Answers that filled an open draw."""
    n_there: int
    """Answers of draws that were filled already."""
    remarks: tuple[str, ...]
    """Lines that look like answers and could not be used, and why, one line each."""


def add_lines(store: SqliteStore, path: str | Path, *, label: str) -> Added:
    """Return what became of the answers in a file, which fill open draws of a run that is there.

    Args:
        store: Where the run is.
        path: What was written to stderr, or an export of that run: lines of an export, and whatever else, which is
            passed over. Failures fill no draw.
        label: Name of the run.

    Raises:
        StoreError: There is no run of that label, or the file can not be read.
    """
    path = Path(path)
    before = store.run(label)
    remarks: list[str] = []
    samples = _samples(path, before, remarks)
    n_found = 0
    while some := tuple(itertools.islice(samples, _TOGETHER)):
        n_found += len(some)
        store.record(label, _delivery(some))
    run = store.run(label)
    n_added = run.n_samples - before.n_samples
    more = [f"{path}: and {len(remarks) - _MOST:,} more lines"] if len(remarks) > _MOST else []
    return Added(run=run, n_added=n_added, n_there=n_found - n_added, remarks=(*remarks[:_MOST], *more))


def _samples(path: Path, run: Run, remarks: list[str]) -> Iterator[Sample]:
    known = {cell.key: cell for cell in every_cell(run.suite)}
    for row in _rows(path, remarks):
        draw = _draw(row, known, run.suite.samples)
        outcome = None if draw is None else row.outcome(draw, path)
        if outcome is None:
            remarks.append(f"{path}:{row.line}: {row.slot!r} is no draw of run {run.label!r}")
        elif isinstance(outcome, Sample):
            yield outcome


def _rows(path: Path, remarks: list[str]) -> Iterator[Row]:
    begin = BEGIN.encode("ascii")
    for number, line in read_lines(path):
        at = line.find(begin)  # a terminal's words may stand before it
        if at < 0:
            continue
        try:
            yield row_of(path, number, line[at:])
        except StoreError as error:  # the last line may be cut off
            remarks.append(error.message)


def _draw(row: Row, known: dict[str, Cell], samples: int) -> Draw | None:
    key, _, replicate = (row.slot or "").rpartition(":")
    cell = known.get(key)
    if cell is None or replicate != str(row.replicate) or row.replicate >= samples:
        return None
    return Draw(cell=cell, replicate=row.replicate)


def _delivery(samples: Iterable[Sample]) -> Delivery:
    outcomes = tuple(samples)
    first = outcomes[0].draw
    request = Request(cell=first.cell, replicates=(first.replicate,))
    return Delivery(request=request, attempts=(), reply=None, outcomes=outcomes, started_at="")
