"""How much is sent at once, and when nothing is sent at all."""

from __future__ import annotations

import asyncio
from typing import Protocol

from evalkit.errors import BackendError
from evalkit.sampling.clock import Clock, pause

LONGEST_HOLD_S = 120.0
"""Longest wait a server can ask for, in seconds; a wrong clock or value must not stop a run for days."""


class Limits(Protocol):
    """The seam of pacing: asked before each try, told how it ended."""

    async def enter(self) -> bool:
        """Return True when one more request may be sent, False when the run was stopped meanwhile."""
        ...

    def leave(self, error: BackendError | None) -> None:
        """Take note of how the request ended; None for an answer."""
        ...


class FixedLimits:
    """At most so many requests in flight; a server's wish to wait holds all of them back.

    A rate limit is the endpoint's, not the request's: if only the refused request waited,
    the others would go on being refused.
    """

    def __init__(self, in_flight: int, clock: Clock, stop: asyncio.Event) -> None:
        """Begin open.

        Args:
            in_flight: Most requests in flight, 1 or more.
            clock: Where time comes from.
            stop: Set when nothing more is to be sent.
        """
        self._free = asyncio.Semaphore(in_flight)
        self._clock = clock
        self._stop = stop
        self._open_at = clock.now()

    async def enter(self) -> bool:
        """Return True when one more request may be sent, False when the run was stopped meanwhile."""
        await self._free.acquire()
        try:
            while (wait_s := self._open_at - self._clock.now()) > 0 and not self._stop.is_set():
                await pause(wait_s, self._clock, self._stop)
        except asyncio.CancelledError:
            self._free.release()
            raise
        if self._stop.is_set():
            self._free.release()
        return not self._stop.is_set()

    def leave(self, error: BackendError | None) -> None:
        """Take note of how the request ended; a Retry-After closes the gate for everyone."""
        self._free.release()
        if error is not None and error.retry_after_s is not None:
            hold_s = min(error.retry_after_s, LONGEST_HOLD_S)
            self._open_at = max(self._open_at, self._clock.now() + hold_s)
