"""Pacing of one endpoint for many workers: tickets are lent, and come back when a worker dies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from evalkit.errors import BackendError
from evalkit.nouns import Quota, Reply, Request
from evalkit.sampling.budget import BudgetedLimits, Purse
from evalkit.sampling.clock import Clock
from evalkit.sampling.health import Health
from evalkit.sampling.limits import Limits, PacedLimits
from evalkit.sampling.pace import Ticket

Key: TypeAlias = tuple[str, int]
"""What tells a request of a worker from its others: the cell, and the first replicate."""
Seen: TypeAlias = tuple[Health, float]
"""An endpoint's health, with the time by the clock it is told in."""


def key_of(request: Request) -> Key:
    """Return what tells a request from all others that are under way."""
    return request.cell.key, request.replicates[0]


def in_brief(result: Reply | BackendError | None) -> Reply | BackendError | None:
    """Return of a result what pacing and spending look at: not its texts, and not its bytes."""
    if isinstance(result, Reply):
        return replace(result, raw=b"", completions=())
    if isinstance(result, BackendError):
        retry, slug, status = result.retry_after_s, result.slug, result.status
        return type(result)(result.message, slug=slug, status=status, retry_after_s=retry)
    return None


@dataclass(slots=True)
class _Tried:
    """A request of which a worker has not said yet that its outcome is on disk."""

    request: Request
    n: int = 0  # times that it was let out


@dataclass(slots=True)
class _Lent:
    """What one worker has."""

    tickets: dict[int, Ticket] = field(default_factory=dict)
    tried: dict[Key, _Tried] = field(default_factory=dict)


class Pacing:
    """The limits of one endpoint, asked over the network: in small batches, and only for who waits to send."""

    def __init__(self, in_flight: int, quota: Quota, purse: Purse | None, clock: Clock | None = None) -> None:
        """Begin open.

        Args:
            in_flight: Most requests in flight, all workers together.
            quota: What may be sent in a minute.
            purse: What may be spent; None for no limit.
            clock: Where time comes from; the true one when None.
        """
        self._clock = clock or Clock()
        self._stop = asyncio.Event()
        self._purse = purse
        self._limits: Limits = PacedLimits(in_flight, self._clock, self._stop, quota)
        if purse is not None:
            self._limits = BudgetedLimits(self._limits, purse, self._clock, self._stop)
        self._lent: dict[str, _Lent] = {}
        self._gone: set[str] = set()
        self._n_tickets = 0

    async def enter(self, worker: str, requests: Sequence[Request]) -> list[int]:
        """Return numbers of tickets for the first of the requests: as many as may go now, one at least.

        None at all when nothing more is to be sent.
        """
        numbers: list[int] = []
        for request in requests:
            ticket = await (self._now(request) if numbers else self._limits.enter(request))
            if ticket is None:
                break
            if worker in self._gone:  # it died while it waited
                self._limits.leave(ticket, None)
                break
            lent = self._lent.setdefault(worker, _Lent())
            self._n_tickets += 1
            lent.tickets[self._n_tickets] = ticket
            lent.tried.setdefault(key_of(request), _Tried(request)).n += 1
            numbers.append(self._n_tickets)
        return numbers

    async def _now(self, request: Request) -> Ticket | None:
        """Return a ticket if there is one without waiting."""
        entering = asyncio.ensure_future(self._limits.enter(request))
        for _ in range(3):
            await asyncio.sleep(0)
        entering.cancel()
        (got,) = await asyncio.gather(entering, return_exceptions=True)
        return got if isinstance(got, Ticket) else None

    async def leave(
        self, worker: str, ends: Sequence[tuple[int, Reply | BackendError | None]], done: Sequence[Key] = ()
    ) -> Seen:
        """Return the endpoint's health after taking note of how requests of a worker ended.

        Args:
            worker: Its name.
            ends: Numbers of tickets, and what the requests came to.
            done: Requests of which the outcome is on disk.
        """
        lent = self._lent.get(worker)
        if lent is not None:
            for number, result in ends:
                ticket = lent.tickets.pop(number, None)
                if ticket is not None:
                    self._limits.leave(ticket, result)
            for key in done:
                lent.tried.pop(key, None)
        return self._limits.health, self._clock.now()

    async def give_back(self, worker: str) -> list[tuple[Request, int]]:
        """Return what a dead worker had sent and not seen on disk, with how often; its tickets are free again."""
        self._gone.add(worker)
        lent = self._lent.pop(worker, _Lent())
        for ticket in lent.tickets.values():
            self._limits.leave(ticket, None)
        return [(tried.request, tried.n) for tried in lent.tried.values()]

    async def under_way(self) -> list[tuple[Request, int]]:
        """Return what all workers have sent and not seen on disk, with how often."""
        return [(tried.request, tried.n) for lent in self._lent.values() for tried in lent.tried.values()]

    async def halt(self) -> None:
        """Let nothing out any more."""
        self._stop.set()

    async def lacking(self) -> str | None:
        """Return which limit of the budget had no room for the next request, in words; None where there was room."""
        return None if self._purse is None else self._purse.lacking
