"""Time and chance as arguments, so that tests own them."""

from __future__ import annotations

import asyncio
import functools
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _utc_now() -> str:
    second, part = divmod(time.time_ns() // 1_000_000, 1_000)
    return f"{_whole_second(second)}.{part:03}+00:00"


@functools.lru_cache(maxsize=2)
def _whole_second(second: int) -> str:
    """Return a second as a date; asked for with each request, and hundreds of them fall into one."""
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where waits, durations, dates and jitter come from."""

    now: Callable[[], float] = time.monotonic
    """Monotonic time in seconds: for waits and durations."""
    date: Callable[[], str] = _utc_now
    """UTC time, ISO 8601: for the record."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits some seconds."""
    chance: random.Random = field(default_factory=random.Random)
    """Jitter of waits; no part of any result."""


async def pause(seconds: float, clock: Clock, *events: asyncio.Event) -> None:
    """Wait some seconds by a clock, for ever where they are infinite, but not longer than until an event is set."""
    waits: list[asyncio.Future[object]] = [asyncio.ensure_future(event.wait()) for event in events]
    if seconds < math.inf:
        waits.append(asyncio.ensure_future(clock.sleep(seconds)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
