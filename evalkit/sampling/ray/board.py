"""What is left of a phase of the plan: shards of it are taken by whoever is free, and come back when one dies."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Self

from evalkit.nouns import Delivery, Request
from evalkit.sampling import deliveries
from evalkit.sampling.arms import Arms


class Shard:
    """Requests that one worker has taken."""

    def __init__(self, requests: list[Request]) -> None:
        """Begin with everything open.

        Args:
            requests: In sending order.
        """
        self.requests = requests
        self._open = {(request.cell.key, replicate) for request in requests for replicate in request.replicates}

    def settle(self, delivery: Delivery) -> None:
        """Take note of draws that have come to something."""
        self._open.difference_update(outcome.draw.slot for outcome in delivery.outcomes)

    def left(self) -> list[Request]:
        """Return what has come to nothing yet."""
        rest = [(r, tuple(k for k in r.replicates if (r.cell.key, k) in self._open)) for r in self.requests]
        return [Request(cell=request.cell, replicates=replicates) for request, replicates in rest if replicates]

    def has(self, request: Request) -> bool:
        """Return whether a request belongs to this shard, and has come to nothing yet."""
        return any((request.cell.key, replicate) in self._open for replicate in request.replicates)


class Board:
    """Requests in sending order, handed out in shards as workers become free.

    The first request of each temperature goes alone, as in a run of one process: the same arms say when.
    """

    def __init__(self, requests: Iterator[Request], arms: Arms, stop: asyncio.Event, *, size: int, lone: bool) -> None:
        """Begin with everything on the board.

        Args:
            requests: In sending order; pulled as shards are taken.
            arms: What is known of each temperature.
            stop: Set when nothing more is to be taken.
            size: Most draws of a shard.
            lone: Whether one shard is out at most, as where a load says what is in flight together.
        """
        self._requests = _Refilled(requests)
        self._arms, self._stop, self._size = arms, stop, size
        self.lone = lone
        """Whether one shard is out at most."""
        self._out: set[Shard] = set()
        self._news = asyncio.Event()
        self.over = asyncio.Event()
        """Set when nothing is left to take, and nothing can come back."""

    async def take(self) -> Shard | None:
        """Return the next shard; None when everything has come to something, or nothing more is to be sent.

        Who comes while others are at work waits for what they may leave.
        """
        while not self._stop.is_set():
            if not (self.lone and self._out):
                shard = Shard(list(self._next()))
                if shard.requests:
                    self._out.add(shard)
                    return shard
            if not self._out:
                break
            await self._news.wait()
        self.over.set()
        return None

    def settle(self, shard: Shard, delivery: Delivery) -> None:
        """Take note of what a request of a shard came to."""
        shard.settle(delivery)
        self._arms.note(delivery)
        self.wake()

    def put_back(self, shard: Shard) -> None:
        """Take note that a shard is worked on no more; what it leaves is handed out again, before all others."""
        self._out.discard(shard)
        left = shard.left()
        for request in left:
            self._arms.note(deliveries.left_open(request, [], ""))
        self._requests.again.extend(left)
        self.wake()

    def wake(self) -> None:
        """Let those that wait look again, and those that wait for room in the cluster where nothing more is sent."""
        if self._stop.is_set():
            self.over.set()
        self._news.set()
        self._news = asyncio.Event()

    def _next(self) -> Iterator[Request]:
        n = 0
        while n < self._size and (request := self._arms.at_once(self._requests)) is not None:
            n += request.n
            yield request


class _Refilled(Iterator[Request]):
    """Requests, and before them those that came back."""

    def __init__(self, requests: Iterator[Request]) -> None:
        self._requests = requests
        self.again: deque[Request] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Request:
        return self.again.popleft() if self.again else next(self._requests)
