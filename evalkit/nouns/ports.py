"""The seams, as protocols: what a backend, a store, an embedder and a judge promise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from evalkit.nouns.budget import Charge
from evalkit.nouns.canonical import JSON
from evalkit.nouns.outcome import CellOutcomes, Delivery
from evalkit.nouns.probe import Heard, Occasion, Probing
from evalkit.nouns.reply import Reply, Request
from evalkit.nouns.run import Provenance, Run
from evalkit.nouns.suite import Suite

if TYPE_CHECKING:
    from concurrent.futures import Future


Told: TypeAlias = Callable[[Exception | None], None]
"""Called once, in another thread, which it must not hold up: with None when it is done, else with what went wrong."""


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

    def begin(self, label: str, suite: Suite, provenance: Provenance, *, grow: bool = False) -> Run:
        """Return the run of that label, made now or found; PlanMismatchError when it is of another suite.

        With `grow`, a run that differs in its temperatures only takes those it has not.
        """
        ...

    def record(self, label: str, delivery: Delivery) -> None:
        """Write attempts, reply and outcomes of a request; durable when it returns."""
        ...

    def submit(self, label: str, delivery: Delivery) -> Future[None]:
        """Take a delivery; the future is done once it is on disk, or holds the StoreError."""
        ...

    def hand(self, label: str, delivery: Delivery, told: Told) -> None:
        """Take a delivery, and call `told` once, in another thread: with None when it is on disk, else with why not."""
        ...

    def filled(self, label: str) -> set[tuple[str, int]]:
        """Return the slots (cell key, replicate) that hold a sample."""
        ...

    def unsupported(self, label: str) -> dict[tuple[str, int], str]:
        """Return the slots that hold no sample because the endpoint refuses their temperature, with its words."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """Return every run, oldest first, with its counts."""
        ...

    def run(self, label: str) -> Run:
        """Return the run of a label; StoreError naming the labels there are."""
        ...

    def outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run's grid in the suite's order, prompts outermost, one cell in memory at a time."""
        ...

    def load_outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run that have a load of their own, prompts outermost."""
        ...

    def note(self, label: str, probing: Probing, heard: Mapping[str, Sequence[Heard]]) -> None:
        """Write what was found out about a run's endpoint, with the answers by the keys of what was asked."""
        ...

    def heard(self, label: str, occasion: Occasion | None) -> dict[str, list[tuple[int, bytes]]]:
        """Return status and body of each answer of a run's newest probing of a kind, by the key of what was asked.

        Of all its probings when the kind is None.
        """
        ...

    def charges(self, label: str) -> tuple[Charge, ...]:
        """Return what the requests of a run have come to, those of its probings apart."""
        ...

    def close(self) -> None:
        """Release the file and its lock."""
        ...


class CellsOfRuns(Protocol):
    """Gives the cells of runs: a store, or what shows a part of one."""

    def outcomes(self, label: str) -> Iterator[CellOutcomes]:
        """Yield the cells of a run in the suite's order, prompts outermost."""
        ...


@runtime_checkable
class Cache(Protocol):
    """Keeps what is dear to compute, by content; may be emptied at will. A store may be one."""

    def recall(self, name: str, keys: Collection[str]) -> Mapping[str, bytes]:
        """Return the values that are there of a name, by key."""
        ...

    def keep(self, name: str, values: Mapping[str, bytes]) -> bool:
        """Add values by key, and return whether they were kept: not where nothing may be written."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors by one model."""

    @property
    def name(self) -> str:
        """What made the vectors, as a page shows it: source and model."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - an array; numpy is no dependency of nouns
        """Return one row per text, (n, d); of any length, a row of zeros for a text without a place."""
        ...


@runtime_checkable
class Judge(Protocol):
    """Says whether two answers to a question mean the same; asked both ways round.

    One that can answer many questions at once may have a method ``verdicts(question, pairs)`` besides: a verdict for
    each pair, both ways already considered.
    """

    @property
    def name(self) -> str:
        """Who judges, as a page shows it."""
        ...

    def same(self, question: str, a: str, b: str) -> bool:
        """Return whether a reader who has one of the answers would gain nothing from the other."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What features may use besides the samples."""

    embedder: Embedder | None = None
    """Makes vectors; None for TF-IDF of words, offline."""
    judge: Judge | None = None
    """Decides on meaning, where a metric asks for it."""
    score: Callable[[str, Mapping[str, JSON], CellOutcomes], Sequence[float | None]] | None = None
    """Name of a metric of single samples, its options, a cell -> a value for each sample, None where there is none."""
