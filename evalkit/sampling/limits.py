"""How much is sent at once, and when nothing is sent at all."""

from __future__ import annotations

import asyncio
from typing import Protocol

from evalkit.errors import BackendError, RejectedError, TransientError
from evalkit.nouns import Quota, Reply, Request
from evalkit.sampling.clock import Clock, pause
from evalkit.sampling.health import Health
from evalkit.sampling.meter import Meter, tokens_of
from evalkit.sampling.pace import AN_INSTANT_S, Pace, Ticket

LONGEST_HOLD_S = 120.0
"""Longest wait a server can ask for, in seconds; a wrong clock or value must not stop a run for days."""

_TOO_MANY = 429
_NO_QUOTA = Quota()


def slowed(result: Reply | BackendError | None) -> bool:
    """Return whether a request came to a wish for fewer of them."""
    return isinstance(result, BackendError) and (result.status == _TOO_MANY or result.retry_after_s is not None)


class Limits(Protocol):
    """The seam of pacing: asked before each try, told how it ended."""

    @property
    def health(self) -> Health:
        """What is known of the endpoint's health."""
        ...

    async def enter(self, request: Request) -> Ticket | None:
        """Return a ticket when one more request may be sent, None when the run was stopped meanwhile."""
        ...

    def leave(self, ticket: Ticket, result: Reply | BackendError | None) -> None:
        """Take note of how a request ended; None when it was given up on the way."""
        ...


class PacedLimits:
    """At most so many requests in flight, fewer where the endpoint refuses them; its wish to wait holds all back.

    A rate limit is the endpoint's, not the request's: if only the refused request waited,
    the others would go on being refused.
    """

    def __init__(self, in_flight: int, clock: Clock, stop: asyncio.Event, quota: Quota = _NO_QUOTA) -> None:
        """Begin open.

        Args:
            in_flight: Most requests in flight, 1 or more.
            clock: Where time comes from.
            stop: Set when nothing more is to be sent.
            quota: What may be sent in a minute.
        """
        self.pace = Pace(in_flight)
        self.health = Health()
        self._meter = Meter(quota)
        self._clock = clock
        self._stop = stop
        self._turn = asyncio.Lock()  # first come, first served; one waits by the clock, the others for their turn
        self._news = asyncio.Event()

    async def enter(self, request: Request) -> Ticket | None:
        """Return a ticket when one more request may be sent, None when the run was stopped meanwhile."""
        tokens = tokens_of(request) if self._meter.quota.tokens_per_minute is not None else 0.0
        async with self._turn:
            while not self._stop.is_set():
                now = self._clock.now()
                wait_s = max(self.pace.wait_s(now), self.health.wait_s(now), self._meter.wait_s(now, tokens))
                if wait_s <= AN_INSTANT_S:
                    self.health.sent(now)
                    self._meter.sent(now, tokens)
                    ticket = self.pace.send(now)
                    ticket.tokens = tokens
                    return ticket
                self._news.clear()
                await pause(wait_s, self._clock, self._news, self._stop)
        return None

    def leave(self, ticket: Ticket, result: Reply | BackendError | None) -> None:
        """Take note of how a request ended; a Retry-After closes the gate for everyone."""
        now = self._clock.now()
        if isinstance(result, Reply):
            self.pace.answered(ticket, now)
            asked, told = result.usage.prompt_tokens, result.usage.completion_tokens
            if asked is not None and told is not None:
                self._meter.counted(ticket.tokens, asked + told)
        elif result is not None and slowed(result):
            hold_s = None if result.retry_after_s is None else min(result.retry_after_s, LONGEST_HOLD_S)
            self.pace.refused(ticket, now, hold_s)
            self._meter.counted(ticket.tokens, 0.0)
        else:
            self.pace.failed(ticket, now)
        if isinstance(result, Reply | RejectedError):
            self.health.answered()
        elif isinstance(result, TransientError):
            self.health.failed(now, free=slowed(result))
        self._news.set()
