"""Workers pull requests and push deliveries; each draw ends in one outcome, on disk before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from evalkit.errors import (
    BackendError,
    EndpointError,
    EvalkitError,
    MalformedReplyError,
    RejectedError,
    TransientError,
)
from evalkit.nouns import REDIRECT, UNSUPPORTED, Attempt, Delivery, Reply, Request
from evalkit.nouns.ports import Backend
from evalkit.sampling import deliveries
from evalkit.sampling.arms import Arms
from evalkit.sampling.clock import Clock, pause
from evalkit.sampling.limits import Limits, PacedLimits, slowed
from evalkit.sampling.retry import RetryPolicy
from evalkit.sampling.tally import Tally

_TOGETHER = 256  # requests of a refused temperature that are written down at once
_PARTING_S = 0.5  # seconds that a run which is cut off takes to write down what was on its way
_REJECTIONS = 20  # requests turned down before any was answered: it is not about this or that prompt
_FIRST_TRIES = 3  # connections refused, or led elsewhere, before anything has answered: the address is wrong


@dataclass(slots=True, kw_only=True)
class Sampler:
    """One run of requests against one backend."""

    backend: Backend
    """Who answers."""
    keep: Callable[[Delivery], Awaitable[None]]
    """Writes a delivery; done when it is on disk."""
    tally: Tally
    """Counts, grown as deliveries are kept."""
    concurrency: int = 8
    """Most requests in flight."""
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    """What is tried again."""
    clock: Clock = field(default_factory=Clock)
    """Time and chance."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set from outside to stop: what is in flight is finished and kept, nothing more is sent."""
    watch: Callable[[Tally], None] = lambda _tally: None
    """Called after each change of the tally."""
    limits: Limits | None = None
    """Pacing; one of its own when None, with at most `concurrency` in flight."""
    arms: Arms = field(default_factory=Arms)
    """What is known of each temperature."""
    _error: EvalkitError | None = None
    _answered: bool = False
    _n_rejected: int = 0
    _cut_off: list[Delivery] = field(default_factory=list)

    async def run(self, requests: Iterator[Request]) -> Tally:
        """Send the requests and return the tally.

        Args:
            requests: Pulled one by one as workers become free; never held as a whole.

        Raises:
            EndpointError: Every request would fail; what was in flight is kept.
            StoreError: A delivery could not be written; nothing more is sent.
        """
        limits = self.limits or PacedLimits(self.concurrency, self.clock, self.stop)
        workers = [asyncio.create_task(self._work(requests, limits)) for _ in range(self.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._part()
        if self._error is not None:
            raise self._error
        self.tally.stopped = self.stop.is_set()
        return self.tally

    async def _work(self, requests: Iterator[Request], limits: Limits) -> None:
        unsent: list[asyncio.Task[None]] = []
        try:
            while not self.stop.is_set():
                request = await self.arms.take(requests, self.stop)
                if request is None:
                    return
                if self.arms.refusal(request) is None:
                    await self._attend(request, limits)
                    continue
                # Nothing is sent for these: many wait for the disk together.
                unsent.append(asyncio.create_task(self._attend(request, limits)))
                if len(unsent) == _TOGETHER:
                    await asyncio.gather(*unsent)
                    unsent.clear()
        finally:
            await asyncio.gather(*unsent)

    async def _attend(self, request: Request, limits: Limits) -> None:
        """Bring a request to its end; an error ends the run."""
        try:
            await self._fill(request, limits)
        except EvalkitError as error:
            self._error = self._error or error
            self.stop.set()

    async def _fill(self, request: Request, limits: Limits) -> None:
        """Deliver a request, and the rest of it as long as answers hold fewer completions than asked."""
        rest: Request | None = request
        while rest is not None and not self.stop.is_set():
            delivery, fatal = await self._deliver(rest, limits)
            try:
                if delivery.attempts or delivery.outcomes:
                    await self.keep(delivery)
            finally:
                self.arms.note(delivery)
            self.tally.kept(delivery)
            self.watch(self.tally)
            if fatal is not None:
                raise fatal
            settled = len(delivery.outcomes)
            left = rest.replicates[settled:] if settled else ()
            rest = Request(cell=rest.cell, replicates=left) if left else None

    async def _deliver(self, request: Request, limits: Limits) -> tuple[Delivery, EndpointError | None]:
        """Return what a request came to, and the error that ends the run, if one does."""
        attempts: list[Attempt] = []
        errors: list[BackendError] = []
        started_at = self.clock.date()
        try:
            while not self.stop.is_set():
                words = self.arms.refusal(request)
                if words is not None:
                    return deliveries.unsupported(request, attempts, words, started_at), None
                result = await self._try(request, limits, attempts)
                if result is None:
                    break
                if isinstance(result, Reply):
                    return deliveries.answered(request, attempts, result, started_at), None
                errors.append(result)
                fatal = self._fatal(result, len(errors), limits)
                if fatal is not None:
                    return deliveries.left_open(request, attempts, started_at), fatal
                if not self.policy.again(errors) and not self._spared(result, limits):
                    return deliveries.failed(request, attempts, result, started_at), None
                if not slowed(result):  # then the limits wait, for all
                    await pause(self.policy.wait_s(len(errors), self.clock.chance), self.clock, self.stop)
        except asyncio.CancelledError:
            self._cut_off.append(deliveries.left_open(request, attempts, started_at))
            raise
        return deliveries.left_open(request, attempts, started_at), None

    async def _try(self, request: Request, limits: Limits, attempts: list[Attempt]) -> Reply | BackendError | None:
        """Return how one try ended, and add it to those on record; None when the run was stopped before it was sent."""
        queued = self.clock.now()
        ticket = await limits.enter(request)
        if ticket is None:
            return None
        sent, number = self.clock.now(), len(attempts) + 1
        self.tally.n_requests += 1
        self.tally.n_retries += number > 1
        result: Reply | BackendError | None = None
        try:
            result = await self.backend.send(request)
        except BackendError as error:
            result = error
        finally:
            limits.leave(ticket, result)
            attempts.append(deliveries.attempt(number, queued, sent, self.clock.now(), result))
        self._answered |= result.status is not None and not _is_elsewhere(result)
        self.tally.n_malformed += isinstance(result, MalformedReplyError)
        if isinstance(result, BackendError):
            self.watch(self.tally)
        return result

    def _spared(self, error: BackendError, limits: Limits) -> bool:
        """Return whether a request is kept for later: its endpoint answers nobody, so the fault is not its own."""
        return isinstance(error, TransientError) and limits.health.ailing

    async def _part(self) -> None:
        """Keep the record of requests that were cut off; whoever asked twice to stop does not wait for long."""
        kept = [asyncio.ensure_future(self.keep(each)) for each in self._cut_off if each.attempts]
        if kept:
            await asyncio.wait(kept, timeout=_PARTING_S)
            await asyncio.gather(*(each for each in kept if each.done()), return_exceptions=True)

    def _fatal(self, error: BackendError, n_errors: int, limits: Limits) -> EndpointError | None:
        if isinstance(error, EndpointError):
            return error
        if isinstance(error, RejectedError) and error.slug != UNSUPPORTED:
            return self._turned_down(error)
        if not self._answered and n_errors >= _FIRST_TRIES:
            if _is_elsewhere(error):
                return EndpointError(error.message, slug=error.slug, hint=error.hint, status=error.status)
            if error.slug == "unreachable":
                hint = "is the server up, and is base_url right?"
                return EndpointError(f"nothing answers at the endpoint: {error.message}", slug=error.slug, hint=hint)
        return limits.health.verdict(error, self.clock.now()) if isinstance(error, TransientError) else None

    def _turned_down(self, error: RejectedError) -> EndpointError | None:
        """Return the end of a run of which every request is turned down, as where a server knows no such parameter."""
        self._n_rejected += 1
        if self._n_rejected < _REJECTIONS or self.tally.n_samples:
            return None
        return EndpointError(
            f"the endpoint turned down each of {self._n_rejected} requests: {error.message}",
            slug=error.slug,
            status=error.status,
            hint="its words tell which parameter of the suite it does not take; the same command goes on",
        )


def _is_elsewhere(result: Reply | BackendError) -> bool:
    return isinstance(result, BackendError) and result.slug == REDIRECT
