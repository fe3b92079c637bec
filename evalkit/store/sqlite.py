"""The store in one SQLite file: append-only, synced before it counts, one writer."""

from __future__ import annotations

import difflib
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from evalkit.errors import StoreError
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Charge,
    Delivery,
    Heard,
    Occasion,
    Outcome,
    Probing,
    Provenance,
    Run,
    Suite,
    cells,
    load_cells,
)
from evalkit.nouns.ports import Told
from evalkit.store import begun, charges, derived, known, migrations, opening, probings, rows
from evalkit.store.labels import check_label, sought
from evalkit.store.lock import Lock
from evalkit.store.writer import Job, Writer


def open_store(path: str | Path, *, read_only: bool = False, newer: bool = False) -> SqliteStore:
    """Return the store in a file; it is made, with mode 0600, when it is not there.

    Args:
        path: The SQLite file; must not be a link.
        read_only: Read what is there: takes no lock, changes nothing, works while another process writes.
        newer: Where it is only read: also what a newer program wrote, as far as this one understands it.

    Raises:
        StoreError: The file is no store, can not be opened, or is not there to be read.
        StoreVersionError: It was written by a newer program.
        StoreBusyError: Another process is writing to it.
    """
    path = Path(path).absolute()  # stays right when the process changes its directory
    if read_only:
        try:
            opening.check_file(path, write=False)
        except FileNotFoundError:
            hint = "`evalkit run` makes one; is the path right?"
            raise StoreError(f"there is no store at {path}", hint=hint) from None
        return SqliteStore(path, opening.connect(path, write=False, newer=newer), newer=newer)
    opening.check_directory(path)
    opening.check_disk(path)
    if path.exists() or path.is_symlink():
        opening.check_file(path, write=True)
    with ExitStack() as undo:
        lock = Lock(path)
        undo.callback(lock.release)
        try:
            opening.check_file(path, write=True)
        except FileNotFoundError:
            opening.create(path)
        writing = opening.connect(path, write=True)
        undo.callback(writing.close)
        store = SqliteStore(path, opening.connect(path, write=False), Writer(writing, path), lock)
        undo.pop_all()
    return store


class SqliteStore:
    """Keeps runs; see `evalkit.nouns.ports.Store`. May be used from several threads."""

    def __init__(
        self,
        path: Path,
        reading: sqlite3.Connection,
        writer: Writer | None = None,
        lock: Lock | None = None,
        *,
        newer: bool = False,
    ) -> None:
        """Hold what `open_store` opened."""
        self.path = path
        self._newer = newer
        self._reading = reading
        self._writer = writer
        self._lock = lock
        self._gate = threading.RLock()
        self._places: dict[str, rows.Place] = {}
        self._closed = False

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Write what waits, release the file and its lock; twice does no harm."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._reading.close()
        if self._writer is not None:
            self._writer.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def version(self) -> int:
        """Return the version of its schema."""
        with self._snapshot() as connection:
            return migrations.version_of(connection)

    def begin(self, label: str, suite: Suite, provenance: Provenance, *, grow: bool = False) -> Run:
        """Return the run of a label, made now or found; on disk when it returns.

        A run that is found keeps its cells, unless nothing has come of it yet: then it takes the new ones. The suite
        given last is kept with it, with the larger number of samples.

        Args:
            label: Name of the run.
            suite: What is asked.
            provenance: Where a new run comes from.
            grow: Add temperatures that the run has not to those it has, where nothing else differs.

        Raises:
            PlanMismatchError: The label was begun with other cells; the message says what differs.
            StoreError: The label can not be one, or the store can not be written to.
        """
        check_label(label)
        self._submit(lambda connection: begun.begin(connection, label, suite, provenance, grow=grow)).result()
        self._places.pop(label, None)  # its cells may be new
        return self.run(label)

    def submit(self, label: str, delivery: Delivery) -> Future[None]:
        """Return a future that is done once a delivery is synced to disk, with all that waited with it.

        Raises:
            StoreError: There is no run of that label, or the store is closed, read-only or could not be written to.
        """
        place = self._place(label)
        return self._submit(rows.DeliveryJob(place, delivery))

    def hand(self, label: str, delivery: Delivery, told: Told) -> None:
        """Take a delivery, and tell once when it is synced to disk, or why it is not.

        Args:
            label: Name of the run.
            delivery: What a request came to.
            told: Called in another thread, with None or the error; it must not wait.

        Raises:
            StoreError: There is no run of that label, or the store is closed, read-only or could not be written to.
        """
        place = self._place(label)
        self._open_writer().hand(rows.DeliveryJob(place, delivery), told)

    def record(self, label: str, delivery: Delivery) -> None:
        """Write a delivery; synced to disk when it returns.

        Raises:
            StoreError: It could not be written.
        """
        self.submit(label, delivery).result()

    def fill(self, label: str, suite: Suite, provenance: Provenance, outcomes: Iterable[Outcome]) -> Run:
        """Return a new run that holds given outcomes: all of them or, when one is wrong, no run at all.

        Args:
            label: Name of the run; must be new.
            suite: What was asked.
            provenance: Where the outcomes come from.
            outcomes: Pulled one by one in the writing thread, never held as a whole.

        Raises:
            StoreError: The label is taken, an outcome has no cell, or what `outcomes` raises.
        """
        check_label(label)

        def write(connection: sqlite3.Connection) -> None:
            if connection.execute("SELECT 1 FROM run WHERE label = ?", (label,)).fetchone():
                raise StoreError(f"{self.path} holds a run {label!r} already", hint="choose another label")
            begun.begin(connection, label, suite, provenance)
            place = rows.read_place(connection, begun.run_id_of(connection, label))
            rows.write_outcomes(connection, place, outcomes)

        self._submit(write).result()
        return self.run(label)

    def filled(self, label: str) -> set[tuple[str, int]]:
        """Return the slots (cell key, replicate) that hold a sample.

        Raises:
            StoreError: There is no run of that label.
        """
        place = self._place(label)
        with self._snapshot() as connection:
            # Each key once, not with every row; and anew, for another process may have let the run grow.
            cells = rows.read_place(connection, place.run_id).cell_ids
            keys = {number: key for key, number in cells.items()}
            found = connection.execute("SELECT cell_id, replicate FROM sample WHERE run_id = ?", (place.run_id,))
            return {(keys[number], replicate) for number, replicate in found}

    def unsupported(self, label: str) -> dict[tuple[str, int], str]:
        """Return the slots that hold no sample because the endpoint refuses their temperature, with its words.

        Raises:
            StoreError: There is no run of that label.
        """
        place = self._place(label)
        with self._snapshot() as connection:
            return begun.unsupported_of(connection, place.run_id)

    def runs(self) -> tuple[Run, ...]:
        """Return every run, oldest first, with its counts."""
        with self._snapshot() as connection:
            found = connection.execute(f"{begun.RUNS} ORDER BY id").fetchall()
            return tuple(begun.run_of(connection, row) for row in found)

    def run(self, label: str) -> Run:
        """Return the run of a label, with the suite given last.

        Raises:
            StoreError: There is no run of that label; names those there are.
        """
        with self._snapshot() as connection:
            row = connection.execute(f"{begun.RUNS} WHERE label = ?", (sought(label),)).fetchone()
            if row is None:
                raise self._unknown(connection, label)
            return begun.run_of(connection, row)

    def outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run's grid in the suite's order, prompts outermost, one cell in memory at a time.

        All cells are seen as they stood at the first, whatever is written meanwhile.

        Raises:
            StoreError: There is no run of that label.
        """
        return self._cells(label, cells)

    def load_outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run that have a load of their own, prompts outermost; none where it asks for none.

        Raises:
            StoreError: There is no run of that label.
        """
        return self._cells(label, load_cells)

    def note(self, label: str, probing: Probing, heard: Mapping[str, Sequence[Heard]]) -> None:
        """Write what was found out about a run's endpoint, with the answers by the keys of what was asked.

        Raises:
            StoreError: There is no run of that label, or it could not be written.
        """
        place = self._place(label)
        self._submit(lambda connection: probings.write(connection, place.run_id, probing, heard)).result()

    def heard(self, label: str, occasion: Occasion | None) -> dict[str, list[tuple[int, bytes]]]:
        """Return status and body of each answer of a run's newest probing of a kind, by the key of what was asked.

        Of all its probings when the kind is None.

        Raises:
            StoreError: There is no run of that label.
        """
        place = self._place(label)
        with self._snapshot() as connection:
            return probings.read_heard(connection, place.run_id, occasion)

    def charges(self, label: str) -> tuple[Charge, ...]:
        """Return what the requests of a run have come to, those of its probings apart.

        Raises:
            StoreError: There is no run of that label.
        """
        place = self._place(label)
        with self._snapshot() as connection:
            return charges.read(connection, place.run_id)

    def known(self, label: str) -> set[bytes]:
        """Return the digest of everything that came of a run's requests; see `evalkit.store.known.mark`.

        Raises:
            StoreError: There is no run of that label.
        """
        place = self._place(label)
        with self._snapshot() as connection:
            return known.marks(connection, place.run_id)

    def recall(self, name: str, keys: Collection[str]) -> dict[str, bytes]:
        """Return what is known of a derived thing, by key; see `evalkit.nouns.ports.Cache`."""
        with self._snapshot() as connection:
            return derived.read(connection, name, keys)

    def keep(self, name: str, values: Mapping[str, bytes]) -> bool:
        """Write values of a derived thing and return True; do nothing and return False when open for reading only.

        Raises:
            StoreError: They could not be written.
        """
        if self._writer is None:
            return False
        self._submit(lambda connection: derived.write(connection, name, values)).result()
        return True

    def _cells(self, label: str, of: Callable[[Suite], Iterable[Cell]]) -> Iterator[CellOutcomes]:
        suite = self.run(label).suite
        if self._writer is None:
            self._places.pop(label, None)  # who writes may have grown the run since
        return self._read(self._place(label), of(suite), suite.samples)

    def _read(self, place: rows.Place, wanted: Iterable[Cell], samples: int) -> Iterator[CellOutcomes]:
        # A connection of its own: a reader that dawdles holds up no one.
        with (
            closing(opening.connect(self.path, write=False, newer=self._newer)) as connection,
            opening.readable(self.path),
        ):
            connection.execute("BEGIN")
            for cell in wanted:
                yield rows.read_cell(connection, place, cell, samples)

    def _submit(self, job: Job) -> Future[None]:
        return self._open_writer().submit(job)

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"{self.path} is open for reading only", hint="open it without read_only")
        return self._writer

    def _place(self, label: str) -> rows.Place:
        place = self._places.get(label)
        if place is None:
            with self._snapshot() as connection:
                found = connection.execute("SELECT id FROM run WHERE label = ?", (sought(label),)).fetchone()
                if found is None:
                    raise self._unknown(connection, label)
                place = self._places[label] = rows.read_place(connection, found[0])
        return place

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give the reading connection, in a transaction that sees one state of the file."""
        with self._gate:
            if self._closed:
                raise StoreError(f"{self.path} was closed", hint="open it again")
            with opening.readable(self.path):
                self._reading.execute("BEGIN")
                try:
                    yield self._reading
                finally:
                    self._reading.execute("ROLLBACK")

    def _unknown(self, connection: sqlite3.Connection, label: str) -> StoreError:
        labels = [found for (found,) in connection.execute("SELECT label FROM run ORDER BY id")]
        near = difflib.get_close_matches(label, labels, n=1)
        there = f"runs there are: {', '.join(repr(name) for name in labels)}" if labels else "it holds no run yet"
        hint = f"did you mean {near[0]!r}? {there}" if near else there
        return StoreError(f"{self.path} holds no run {label!r}", hint=hint)
