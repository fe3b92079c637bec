"""The seams, as protocols: what a backend and a store promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evalkit.nouns.outcome import CellOutcomes, Delivery
from evalkit.nouns.reply import Reply, Request
from evalkit.nouns.run import Provenance, Run
from evalkit.nouns.suite import Suite

if TYPE_CHECKING:
    from concurrent.futures import Future


@runtime_checkable
class Backend(Protocol):
    """Answers one request; no retry, no limits, no storing."""

    async def send(self, request: Request) -> Reply:
        """Return what came back, or raise one of the four kinds of BackendError."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...


@runtime_checkable
class Store(Protocol):
    """Keeps runs; append-only. `record` returns once its rows are synced to disk."""

    def begin(self, label: str, suite: Suite, provenance: Provenance) -> Run:
        """Return the run of that label, made now or found; PlanMismatchError when it is of another suite."""
        ...

    def record(self, label: str, delivery: Delivery) -> None:
        """Write attempts, reply and outcomes of a request; durable when it returns."""
        ...

    def submit(self, label: str, delivery: Delivery) -> Future[None]:
        """Take a delivery; the future is done once it is on disk, or holds the StoreError."""
        ...

    def filled(self, label: str) -> set[tuple[str, int]]:
        """Return the slots (cell key, replicate) that hold a sample."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """Return every run, oldest first, with its counts."""
        ...

    def run(self, label: str) -> Run:
        """Return the run of a label; StoreError naming the labels there are."""
        ...

    def outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run in the suite's order, prompts outermost, one cell in memory at a time."""
        ...

    def close(self) -> None:
        """Release the file and its lock."""
        ...
