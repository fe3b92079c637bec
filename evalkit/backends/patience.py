"""Time limits that do not count the time for which this process stood still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOK_S = 0.25
"""How often who waits looks at the clock, in seconds."""
STALL_S = 1.0
"""Late by less than this, in seconds, is a busy machine."""


class Patience:
    """How long each request may take.

    A process that is stopped, or whose machine sleeps, finds all its time limits passed when it goes on, while the
    answers lie before it, paid for. So who waits looks at the clock now and then, and what passed unseen is added
    to every limit.
    """

    def __init__(self, limit_s: float) -> None:
        """Keep the limit.

        Args:
            limit_s: Seconds from the beginning of a request to its whole answer.
        """
        self.limit_s = limit_s
        """Seconds from the beginning of a request to its whole answer."""
        self._waiting: set[asyncio.Timeout] = set()
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Limit what is done inside.

        Raises:
            TimeoutError: It took too long.
        """
        async with asyncio.timeout(self.limit_s) as limit:
            self._waiting.add(limit)
            if self._timer is None:
                self._look_later(asyncio.get_running_loop())
            try:
                yield
            finally:
                self._waiting.discard(limit)
                if not self._waiting and self._timer is not None:
                    self._timer.cancel()
                    self._timer = None

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + LOOK_S
        self._timer = loop.call_at(due, self._look, loop, due)

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        # It was due before any limit that passed meanwhile, so it is called before those.
        late = loop.time() - due
        if late > STALL_S:
            for limit in self._waiting:
                when = limit.when()
                if when is not None and not limit.expired():
                    limit.reschedule(when + late)
        self._look_later(loop)
