"""One thread that writes: many deliveries, one sync."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from evalkit.errors import StoreError
from evalkit.nouns.ports import Told

Job: TypeAlias = Callable[[sqlite3.Connection], None]
"""Writes within a transaction that another has begun and will commit."""

Together: TypeAlias = Callable[..., None]
"""Writes many jobs of a kind at once: a connection, then `jobs`; a kind of job that has it names it ``together``."""

_Entry: TypeAlias = "tuple[Job, Told]"
_MOST = 1024  # jobs of one transaction
_APART_S = 0.01  # between the beginnings of two transactions: each costs as much as ten samples, whatever it holds
_ROW_ERRORS = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, OverflowError, UnicodeError)


class Writer:
    """Takes jobs from any thread and commits all that wait in one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Start the thread.

        Args:
            connection: Used by this thread alone from now on.
            path: The store's file, for messages.
        """
        self._connection = connection
        self._path = path
        self._jobs: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._broken: str | None = None
        self._begun_at = 0.0
        self._thread = threading.Thread(target=self._work, name="evalkit-store", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Future[None]:
        """Return a future that is done when the job's rows are synced to disk.

        The future can not be cancelled: what was paid for is written whoever still waits for it.

        Raises:
            StoreError: The store was closed, or could not be written to before.
        """
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()

        def told(error: Exception | None) -> None:
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.hand(job, told)
        return future

    def hand(self, job: Job, told: Told) -> None:
        """Take a job; who waits in another way than by a future is told once.

        Raises:
            StoreError: The store was closed, or could not be written to before.
        """
        with self._gate:
            if self._closed:
                raise StoreError(f"{self._path} was closed", hint="open it again")
            if self._broken is not None:
                raise self._error(self._broken)
            self._jobs.put((job, told))

    def close(self) -> None:
        """Commit what waits, then end the thread and close the connection."""
        with self._gate:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        more = True
        while more:
            batch, more = self._next()
            ends: list[StoreError | None] | None = None
            try:
                ends = self._commit(batch)
            finally:
                if ends is None:  # an error nobody foresaw: no one may wait for ever, nothing may follow unwritten
                    ends = [self._stop("the writing thread ended")] * len(batch)
                for (_, told), end in zip(batch, ends, strict=True):
                    told(end)

    def _next(self) -> tuple[list[_Entry], bool]:
        """Return all jobs that wait, at least one, and whether others may follow."""
        batch: list[_Entry] = []
        entry = self._jobs.get()
        time.sleep(max(0.0, self._begun_at + _APART_S - time.monotonic()))
        self._begun_at = time.monotonic()
        while entry is not None:
            batch.append(entry)
            if len(batch) == _MOST or self._jobs.empty():
                return batch, True
            entry = self._jobs.get()
        return batch, False

    def _commit(self, batch: list[_Entry]) -> list[StoreError | None]:
        """Write a batch and return what was wrong with each job; all the same where it is the file that is wrong."""
        connection = self._connection
        try:
            if self._broken is not None:
                raise sqlite3.OperationalError(self._broken)
            connection.execute("BEGIN IMMEDIATE")
            ends = self._ends([job for job, _ in batch])
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            return [self._stop(str(error))] * len(batch)
        return ends

    def _ends(self, jobs: list[Job]) -> list[StoreError | None]:
        """Run jobs, neighbours that can together together, and return what was wrong with each."""
        ends: list[StoreError | None] = []
        for together, some in groupby(jobs, key=_together):
            these = list(some)
            if together is None or self._end(partial(together, jobs=these)) is not None:
                ends += [self._end(job) for job in these]  # alone, so that one that is wrong stops no other
            else:
                ends += [None] * len(these)
        return ends

    def _end(self, job: Job) -> StoreError | None:
        """Run one job; what is wrong with its rows is its own affair and leaves the others alone."""
        self._connection.execute("SAVEPOINT job")
        end: StoreError | None = None
        try:
            job(self._connection)
        except StoreError as error:
            end = error
        except _ROW_ERRORS as error:
            end = StoreError(f"{self._path} refuses a row: {error}")
        if end is not None:
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")
        return end

    def _stop(self, reason: str) -> StoreError:
        with self._gate:
            self._broken = reason
        return self._error(reason)

    def _error(self, reason: str) -> StoreError:
        return StoreError(
            f"{self._path} can not be written: {reason}",
            hint="see to the disk and run the same command again; answers counted so far are there, those on stderr "
            "come back by `evalkit import --fill`",
        )


def _together(job: Job) -> Together | None:
    found: Together | None = getattr(job, "together", None)
    return found
