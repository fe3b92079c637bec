"""Endpoints with limits that they tell nobody, for a time that passes as fast as nothing happens."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter, deque
from dataclasses import dataclass, field

from evalkit.errors import TransientError
from evalkit.nouns import Reply, Request

_HEARD_S = 0.005  # seconds until a refusal is heard
_HUNG_S = 60.0  # seconds after which a client gives up an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What an endpoint bears, and when it bears nothing."""

    flight: float = math.inf
    """Requests in flight."""
    number: float = math.inf
    """Requests in a window."""
    window_s: float = 1.0
    """Seconds of the window."""
    fixed: bool = False
    """Whether windows begin by the clock, all requests of one at its beginning if they like; else they slide."""
    bucket: bool = False
    """Whether the number is that of a bucket that is filled evenly, by so many in a window."""
    tells: bool = False
    """Whether a refusal says how long to wait, in whole seconds."""
    latency_s: float = 1.0
    """Mean seconds of an answer; each takes from half to one and a half of it."""
    down: tuple[tuple[float, float], ...] = ()
    """From when to when everything fails with 503."""
    hangs: tuple[tuple[float, float], ...] = ()
    """From when to when nothing is answered until the client gives up."""
    flaky: float = 0.0
    """Share of requests that fail with 500."""
    halved_at: float = math.inf
    """From when on it bears half, for others ask it, too."""

    def share_at(self, now: float) -> float:
        """Return the share of its number that it bears at a time."""
        return 0.5 if now >= self.halved_at else 1.0

    def capacity(self, workers: int, since: float, until: float) -> float:
        """Return how many answers it can give in a while to so many workers: what nobody could exceed."""
        troubles = (*self.down, *self.hangs)
        lost_s = sum(max(0.0, min(end, until) - max(begin, since)) for begin, end in troubles)
        cut_s = max(0.0, until - max(since, self.halved_at))
        in_flight = min(self.flight, workers) / self.latency_s
        rate = min(self.number / self.window_s, in_flight)
        return (1.0 - self.flaky) * rate * (until - since - lost_s - 0.5 * cut_s)


@dataclass(slots=True)
class Server:
    """An endpoint: answers, refuses and fails by its limit, and notes who was answered when."""

    limit: Limit
    chance: random.Random
    answered: list[float] = field(default_factory=list)
    """When answers were given, in seconds."""
    sent: list[float] = field(default_factory=list)
    """When requests came, in seconds."""
    refused: list[float] = field(default_factory=list)
    """When requests were refused, in seconds."""
    by_worker: Counter[str] = field(default_factory=Counter)
    """Answers of each worker."""
    _passed: deque[float] = field(default_factory=deque)
    _level: float = math.nan
    _filled_at: float = 0.0
    _in_flight: int = 0

    async def send(self, request: Request) -> Reply:
        """Return an answer after a while, or refuse, or fail."""
        now, limit = asyncio.get_running_loop().time(), self.limit
        self.sent.append(now)
        if any(begin <= now < end for begin, end in limit.down):
            await asyncio.sleep(_HEARD_S)
            raise TransientError("down", slug="server-error", status=503)
        if any(begin <= now < end for begin, end in limit.hangs):
            await asyncio.sleep(_HUNG_S)
            raise TransientError("too late", slug="timeout")
        wait_s = self._refusal(now)
        if wait_s is not None:
            self.refused.append(now)
            await asyncio.sleep(_HEARD_S)
            told = float(max(1, math.ceil(wait_s))) if limit.tells else None
            raise TransientError("slow down", slug="rate-limited", status=429, retry_after_s=told)
        self._in_flight += 1
        await asyncio.sleep(limit.latency_s * self.chance.uniform(0.5, 1.5))
        self._in_flight -= 1
        if self.chance.random() < limit.flaky:
            raise TransientError("broken", slug="server-error", status=500)
        self.answered.append(asyncio.get_running_loop().time())
        task = asyncio.current_task()
        self.by_worker[task.get_name() if task else ""] += 1
        return Reply.of_texts(["text"] * request.n)

    async def aclose(self) -> None:
        """Nothing to release."""

    def _refusal(self, now: float) -> float | None:
        """Return the seconds after which it may go better, or None where the request passes."""
        limit, share = self.limit, self.limit.share_at(now)
        if self._in_flight >= share * limit.flight:
            return 1.0
        if limit.number == math.inf:
            return None
        most = share * limit.number
        if limit.bucket:
            return self._from_bucket(now, most)
        while self._passed and self._is_over(self._passed[0], now):
            self._passed.popleft()
        if len(self._passed) >= most:
            ends = (math.floor(now / limit.window_s) + 1) if limit.fixed else 1 + self._passed[0] / limit.window_s
            return ends * limit.window_s - now
        self._passed.append(now)
        return None

    def _is_over(self, then: float, now: float) -> bool:
        if self.limit.fixed:
            return math.floor(then / self.limit.window_s) < math.floor(now / self.limit.window_s)
        return then <= now - self.limit.window_s

    def _from_bucket(self, now: float, most: float) -> float | None:
        level = most if math.isnan(self._level) else self._level + (now - self._filled_at) * most / self.limit.window_s
        self._level, self._filled_at = min(most, level), now
        if self._level < 1.0:
            return (1.0 - self._level) * self.limit.window_s / most
        self._level -= 1.0
        return None
