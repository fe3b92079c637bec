"""Requests in flight: which of them had company, and when the last one came.

One event loop serves all requests, so requests sent at once overlap only where each waits a little before it is
answered: `OVERLAP_S`, for the habits that ask about company.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

OVERLAP_S = 0.025
"""Seconds a request waits for others that were sent at once with it."""
PAUSE_S = 0.002
"""Seconds between two pieces of a stream that may be cut."""


class Flight:
    """One request from its arrival to its reply."""

    def __init__(self) -> None:
        """Begin alone."""
        self.alone = True
        """Whether no other request was in flight since it arrived."""
        self.overtaken = False
        """Whether another request arrived after it."""


class Flights:
    """Every request in flight; for one event loop."""

    def __init__(self) -> None:
        """Begin with none."""
        self._now: set[Flight] = set()

    def begin(self) -> Flight:
        """Return the flight of a request that has arrived."""
        flight = Flight()
        flight.alone = not self._now
        for other in self._now:
            other.alone = False
            other.overtaken = True
        self._now.add(flight)
        return flight

    def end(self, flight: Flight) -> None:
        """Take note that a request is answered; twice does no harm."""
        self._now.discard(flight)


class CutStream(StreamingResponse):
    """A stream that ends where it is when another request arrives; nothing in it tells."""

    def __init__(self, events: Sequence[bytes], flight: Flight, flights: Flights) -> None:
        """Prepare a stream.

        Args:
            events: What it would be, whole.
            flight: Of its request; it ends with the stream.
            flights: Where that is.
        """
        self._flight, self._flights = flight, flights
        super().__init__(self._pieces(events), media_type="text/event-stream", headers={"cache-control": "no-cache"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._flights.end(self._flight)

    async def _pieces(self, events: Sequence[bytes]) -> AsyncIterator[bytes]:
        for event in events[:-1]:
            if self._flight.overtaken:
                return
            yield event
            await asyncio.sleep(PAUSE_S)
        # Who has the last piece may send the next request at once: that one has no company.
        self._flights.end(self._flight)
        if not self._flight.overtaken:
            yield events[-1]
