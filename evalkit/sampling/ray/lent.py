"""Limits of a worker: each ticket is asked for at the one actor that paces the endpoint."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from evalkit.errors import BackendError
from evalkit.nouns import Reply, Request
from evalkit.sampling.clock import Clock
from evalkit.sampling.health import Health
from evalkit.sampling.pace import Ticket
from evalkit.sampling.ray.pacing import Key, Seen, in_brief, key_of

_AT_ONCE = 64  # tickets that are asked for in one message


class Counter(Protocol):
    """Where tickets are lent: `Pacing`, near or far. ConnectionError says that it is gone."""

    def enter(self, worker: str, requests: Sequence[Request]) -> Awaitable[list[int]]:
        """Return numbers of tickets for the first of the requests."""
        ...

    def leave(
        self, worker: str, ends: Sequence[tuple[int, Reply | BackendError | None]], done: Sequence[Key]
    ) -> Awaitable[Seen]:
        """Return the endpoint's health after taking note of how requests ended."""
        ...


class LentLimits:
    """Limits that ask one counter for all workers.

    Only requests that wait to be sent ask for a ticket, so none lies idle. Those that wait together ask together, and
    what ended meanwhile is told together: one message is on its way for each of the two. A request that was let out
    takes one of the worker's places until its outcome is on disk: if the driver dies, no more than that is lost.
    """

    def __init__(self, worker: str, counter: Counter, clock: Clock, stop: asyncio.Event) -> None:
        """Begin with no ticket.

        Args:
            worker: Name of the worker.
            counter: Where tickets are lent.
            clock: Where time comes from.
            stop: Set when nothing more is to be sent; set here when the counter lends none any more.
        """
        self.health = Health()
        """What all workers together have seen of the endpoint, as last told."""
        self.lost = False
        """Whether the counter is gone."""
        self.broken: Exception | None = None
        """What went wrong with it, if it was not its death."""
        self._worker, self._counter, self._clock, self._stop = worker, counter, clock, stop
        self._places, self._room = _AT_ONCE, asyncio.Semaphore(_AT_ONCE)
        self._open: set[Key] = set()
        self._asking: deque[tuple[Request, asyncio.Future[Ticket | None]]] = deque()
        self._numbers: dict[Ticket, int] = {}
        self._ends: list[tuple[int, Reply | BackendError | None]] = []
        self._done: list[Key] = []
        self._running: dict[str, asyncio.Task[None]] = {}

    async def enter(self, request: Request) -> Ticket | None:
        """Return a ticket when one more request may be sent, None when nothing more is."""
        key = key_of(request)
        if key not in self._open:  # one that is sent again has its place
            await self._room.acquire()
            self._open.add(key)
        if self._stop.is_set():
            self._free(key)
            return None
        waiting: asyncio.Future[Ticket | None] = asyncio.get_running_loop().create_future()
        self._asking.append((request, waiting))
        self._begin("ask", self._ask)
        ticket = await waiting
        if ticket is None:
            self._free(key)
        return ticket

    def hold(self, places: int) -> None:
        """Take note of how many requests may be under way, none of them being so now."""
        if places != self._places:
            self._places, self._room = places, asyncio.Semaphore(places)

    def leave(self, ticket: Ticket, result: Reply | BackendError | None) -> None:
        """Take note of how a request ended."""
        self._ends.append((self._numbers.pop(ticket), in_brief(result)))
        self._begin("tell", self._tell)

    def done(self, request: Request) -> None:
        """Take note that the outcome of a request is on disk."""
        self._done.append(key_of(request))
        self._free(key_of(request))
        self._begin("tell", self._tell)

    async def told(self) -> None:
        """Return when the counter knows of all that ended."""
        while (telling := self._running.get("tell")) is not None:
            await asyncio.wait([telling])

    def _free(self, key: Key) -> None:
        if key in self._open:
            self._open.remove(key)
            self._room.release()

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if self.lost:
            self._dismiss()
        elif name not in self._running:
            self._running[name] = asyncio.ensure_future(self._until_gone(name, work))

    async def _until_gone(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the counter, nobody is to wait for it
            self.lost, self.broken = True, None if isinstance(error, ConnectionError) else error
            self._stop.set()
            self._dismiss()
        finally:
            del self._running[name]  # in the same round as its last look

    async def _ask(self) -> None:
        await asyncio.sleep(0)
        while self._asking:
            asked = [self._asking[place] for place in range(min(_AT_ONCE, len(self._asking)))]
            numbers = await self._counter.enter(self._worker, [request for request, _ in asked])
            if not numbers:
                self._stop.set()
                self._dismiss()
                return
            for number in numbers:
                _, waiting = self._asking.popleft()
                ticket = Ticket(sent=self._clock.now(), others=0)
                self._numbers[ticket] = number
                if waiting.done():  # given up meanwhile
                    self.leave(ticket, None)
                else:
                    waiting.set_result(ticket)

    async def _tell(self) -> None:
        await asyncio.sleep(0)
        while self._ends or self._done:
            (ends, self._ends), (done, self._done) = (self._ends, []), (self._done, [])
            health, now = await self._counter.leave(self._worker, ends, done)
            self.health = health.by_clock_of(self._clock.now(), now)

    def _dismiss(self) -> None:
        while self._asking:
            _, waiting = self._asking.popleft()
            if not waiting.done():
                waiting.set_result(None)
