"""Saved sessions: where a baseline is, and what it measured at the place of a reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit import api
from evalkit.analysis.measure import measure_cell
from evalkit.errors import StoreError, UsageError
from evalkit.informing import informed_alike
from evalkit.nouns import CellOutcomes, Measurement, Metric, Run, Suite
from evalkit.store.sqlite import SqliteStore
from evalkit.testing.hiding import expected
from evalkit.testing.wording import signed

if TYPE_CHECKING:
    from evalkit.testing.arms import View
    from evalkit.testing.bench import Bench
    from evalkit.testing.looks import Look
    from evalkit.testing.reading import Reading

__tracebackhide__ = expected


@dataclass(slots=True)
class Baseline:
    """One saved run."""

    run: Run
    """The run."""
    store: SqliteStore
    """Where it is, open for reading."""
    _cells: dict[str, list[CellOutcomes]] = field(default_factory=dict)

    def cells(self, prompt: str) -> list[CellOutcomes]:
        """Return the cells of a prompt, by ascending temperature."""
        if not self._cells:
            for each in self.store.outcomes(self.run.label):
                self._cells.setdefault(each.cell.prompt.id, []).append(each)
        return self._cells.get(prompt, [])

    def cell(self, prompt: str, temperature: float) -> CellOutcomes | None:
        """Return a cell; None when the baseline has it not."""
        return next((each for each in self.cells(prompt) if each.cell.temperature == temperature), None)


class Baselines:
    """The baselines of a session, each opened once."""

    def __init__(self, bench: Bench) -> None:
        """Open nothing yet."""
        self._bench = bench
        self._stores: dict[Path, SqliteStore] = {}
        self._found: dict[tuple[str, str, str], Baseline] = {}

    def find(self, name: str, view: View) -> Baseline:
        """Return the baseline of a view's suite by the name under which a session was saved.

        Args:
            name: ``NAME`` in the session's store, or ``FILE@NAME``.
            view: What it is to be compared with.

        Raises:
            StoreError: Nothing was saved under that name for this suite; says what there is, and how to save.
        """
        suite = view.suite
        key = (name, suite.name, view.label)
        if key not in self._found:
            path, label = place_of(name, self._bench.root, self._bench.path)
            if path not in self._stores:
                self._stores[path] = api.open_store(path, read_only=True)
            store = self._stores[path]
            self._found[key] = Baseline(saved_run(store, label, suite, view.label), store)
        return self._found[key]

    def change(self, look: Look, reading: Reading) -> str:
        """Return how far a reading is from the session's baseline, with the interval of the difference, in words."""
        if reading.metric.features or not reading.measurements:
            return ""
        try:
            baseline = self.find(self._bench.settings["baseline"], look.view)
        except StoreError:
            return "no baseline"
        metric, _ = informed_alike(reading.metric, baseline.run.probings, self._bench.probings(look.view.label))
        measured = dict(self._measured(baseline, metric, reading, look.level))
        if not measured:
            return "not in the baseline"
        other = replace(reading, measurements=measured, place="the baseline", wider=None)
        found = replace(reading, wider=None).difference(other)
        if isinstance(found, str):
            return ""
        return signed(found.value, found.ends)

    @staticmethod
    def _measured(
        baseline: Baseline, metric: Metric, reading: Reading, level: float
    ) -> Iterator[tuple[str, Measurement]]:
        for prompt, own in reading.measurements.items():
            cell = baseline.cell(prompt, own.temperature)
            if cell is not None and cell.samples:
                found = measure_cell(metric, cell, level=level)
                if found.value is not None and (not metric.depends_on_n or found.n_samples == own.n_samples):
                    yield prompt, found

    def close(self) -> None:
        """Close every store."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()
        self._found.clear()


def place_of(name: str, root: Path, usual: Path) -> tuple[Path, str]:
    """Return the store and the label that a baseline's name stands for.

    Raises:
        UsageError: The name has no label.
    """
    file, at, label = name.rpartition("@")
    if not label.strip():
        raise UsageError(f"{name!r} names no baseline", hint="NAME, or FILE@NAME for another store")
    return (root / file if at else usual), label


def saved_run(store: SqliteStore, label: str, suite: Suite, own: str) -> Run:
    """Return the run of a suite that was saved under a name.

    Args:
        store: Where it was saved.
        label: The name.
        suite: What was asked.
        own: Label of the run that it is a baseline for.

    Raises:
        StoreError: Nothing was saved under that name for this suite; says what there is, and how to save.
    """
    known = {run.label: run for run in store.runs()}
    tried = (label, *saved_as(label, suite.name, suite.endpoint.model, own))
    found = next((known[each] for each in tried if each in known), None)
    if found is None:
        there = ", ".join(repr(each) for each in known) or "none"
        raise StoreError(
            f"{store.path.name} holds no baseline {label!r} of {suite.name}",
            hint=f"save one with: pytest --evalkit-save={label}; runs there are: {there}",
        )
    return found


def saved_as(label: str, suite: str, model: str, own: str) -> tuple[str, str, str]:
    """Return the labels under which a run may be saved, the plainest first: what tells it from the others decides.

    Args:
        label: Name under which the session is saved.
        suite: Name of the suite.
        model: Model that was asked.
        own: Label of the run, which ends in a digest of what was asked.
    """
    plain = f"{label}/{suite}"
    return plain, f"{plain}/{model}", f"{plain}/{model}/{own.rpartition('-')[2]}"


def own_answers(first: CellOutcomes, second: CellOutcomes) -> bool:
    """Return whether two cells hold the very same answers, not merely equal ones: they took the same time to come."""
    told = [[(s.draw.replicate, s.text, s.latency_s) for s in each.samples] for each in (first, second)]
    return bool(told[0]) and all(each in told[1] for each in told[0])
