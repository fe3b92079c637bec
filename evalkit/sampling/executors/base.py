"""What every executor promises: a job is sent as it is planned, and items come back in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from evalkit.nouns import Delivery, Draw, Endpoint, Suite
from evalkit.nouns.ports import Backend, Embedder
from evalkit.sampling.budget import Purse
from evalkit.sampling.limits import Limits
from evalkit.sampling.tally import Tally

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Draws to be sent, and all that sending them takes."""

    draws: Iterable[Draw]
    """What is missing, in sending order; pulled as it is sent."""
    suite: Suite
    """How a draw is asked for, and what may be in flight and be sent in a minute, all workers together."""
    endpoint: Endpoint
    """Who is asked, by an address that answers."""
    backend_of: Callable[[Endpoint], Backend]
    """Makes the backend where the requests are sent; told no key, it takes the one of its own process."""
    backend: Backend | None = None
    """Who answers instead; None to make one."""
    keep: Callable[[Delivery], Awaitable[None]]
    """Writes a delivery; done when it is on disk."""
    tally: Tally
    """Counts, grown as deliveries are kept."""
    watch: Callable[[Tally], None] | None = None
    """Called after each change of the tally."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set from outside to stop: what is in flight is finished and kept, nothing more is sent."""
    refused: Mapping[float, str] = field(default_factory=dict)
    """Temperatures known to be refused, with the endpoint's words."""
    limits: Limits | None = None
    """Pacing shared with other runs of this process; one of its own when None."""
    purse: Purse | None = None
    """What may be spent; told of all that was. None for no limit."""


class Executor(Protocol):
    """The seam of where work is done."""

    async def send(self, job: Job) -> None:
        """Return when each draw has come to something that is kept, or the job was stopped.

        Raises:
            EndpointError: Every request would fail; what was in flight is kept.
            StoreError: A delivery could not be written; nothing more is sent.
        """
        ...

    @property
    def near(self) -> bool:
        """Whether `each` works in this process: then whoever calls may as well work himself."""
        ...

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield what a function returns for each item, in the order of the items; it must buy nothing.

        Items are pulled as they are needed. An item may be done twice where a machine fails.
        """
        ...

    def placed(self, embedder: Embedder) -> Embedder:
        """Return an embedder that runs a model, on the hardware that is best for it."""
        ...

    def close(self) -> None:
        """Let go of what was taken for the work."""
        ...
