"""The driver of a run: gives shards to workers, keeps what they send, and goes on where one dies."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from evalkit.errors import ClusterError, MalformedReplyError
from evalkit.nouns import Delivery, Draw, Request, may_be_billed
from evalkit.sampling import deliveries
from evalkit.sampling.arms import Arms
from evalkit.sampling.clock import Clock
from evalkit.sampling.executors.base import Job
from evalkit.sampling.phases import phases
from evalkit.sampling.ray import cluster
from evalkit.sampling.ray.board import Board, Shard
from evalkit.sampling.ray.pacing import Pacing
from evalkit.sampling.ray.worker import Worker
from evalkit.sampling.requests import requests_of
from evalkit.text.visible import visible

_LARGEST = 100  # draws of a shard
_ROUNDS = 4  # shards for each worker, where the plan is large enough
_AHEAD = 2  # shards that a worker has at once: the next begins while the last requests of one are on their way
_SEAT = 32  # requests in flight for each worker, from where there are more than two
_DEATHS = 3  # workers in a row that died before they did anything
_ROOM_S = 300.0  # how long the cluster may take to make room for the first worker
_BUSY = "each takes one CPU: `ray status` tells who has them"
_PARTING_S = 1.0  # how long a run that is cut off takes to write down what was on its way


class Hand:
    """One worker as the driver knows it."""

    def __init__(self, name: str, handle: Any, share: int) -> None:  # noqa: ANN401 - Ray's own type
        """Begin without a shard.

        Args:
            name: What the pacing actor knows it by.
            handle: The actor.
            share: Its part of the requests that may be in flight.
        """
        self.name, self.handle, self.share = name, handle, share
        self.shards: set[Shard] = set()
        self.useful = False
        """Whether it has come to anything."""
        self.listening: asyncio.Task[None] | None = None
        """Hears what it sends."""


class Driver:
    """One job on the cluster."""

    def __init__(self, job: Job) -> None:
        """Take the job; nothing is begun yet.

        Args:
            job: What is to be sent.
        """
        self._job = job
        self._ray = cluster.library()
        self._arms = Arms.knowing(job.refused)
        self._clock = Clock()
        self._error: Exception | None = None
        self._pacing: Any = None
        self._board: Board | None = None
        self._hands: set[Hand] = set()
        self._idle: list[Hand] = []
        self._keeping: set[asyncio.Task[None]] = set()
        self._names = (f"worker-{n}" for n in itertools.count(1))
        self._n_useless = 0
        self._shares: list[int] = []
        room, self._place = cluster.places(job.endpoint.base_url)
        wanted = max(1, job.tally.n_open)
        self._n_seats = max(
            1, min(room, wanted, job.suite.concurrency, max(2, math.ceil(job.suite.concurrency / _SEAT)))
        )
        each, more = divmod(job.suite.concurrency, self._n_seats)
        self._shares = [each + (seat < more) for seat in range(self._n_seats)]
        self._size = max(1, min(_LARGEST, math.ceil(wanted / (self._n_seats * _ROUNDS))))

    async def run(self) -> None:
        """Return when each draw has come to something that is kept, or the job was stopped."""
        watching = asyncio.ensure_future(self._pass_on_stop())
        try:
            for together, in_flight in phases(self._job.draws, self._job.suite.concurrency):
                await self._phase(together, in_flight)
                if self._job.stop.is_set():
                    break
        except asyncio.CancelledError:
            with suppress(TimeoutError, self._ray.exceptions.RayError):
                await asyncio.wait_for(self._part(), _PARTING_S)
            raise
        finally:
            watching.cancel()
            self._dismiss()
            await asyncio.gather(watching, return_exceptions=True)
        if self._error is not None:
            raise self._error
        self._job.tally.stopped = self._job.stop.is_set()

    async def _phase(self, draws: Iterator[Draw], in_flight: int) -> None:
        first = next(draws, None)
        if first is None:
            return
        lone = first.cell.load is not None
        size = _LARGEST**3 if lone and in_flight > 1 else self._size  # a burst is whole
        requests = requests_of(itertools.chain([first], draws), self._job.suite.mode)
        board = self._board = Board(requests, self._arms, self._job.stop, size=size, lone=lone)
        while not await self._through(board, in_flight) and not self._job.stop.is_set():
            self._dismiss()  # whoever paces is gone: what was in flight has come home, and others go on
            self._useless("the actor that paces the endpoint is gone")

    async def _through(self, board: Board, in_flight: int) -> bool:
        """Return whether the board was cleared; not where the pacing actor died."""
        if self._pacing is None:
            kind = cluster.actor(Pacing, num_cpus=0, max_concurrency=10_000, **cluster.here())
            self._pacing = kind.remote(self._job.suite.concurrency, self._job.suite.limits, self._job.purse)
        seats = [asyncio.ensure_future(self._seat(board, in_flight)) for _ in range(self._n_seats)]
        cleared = await _together(seats)
        await asyncio.gather(*self._keeping)
        return all(cleared)

    async def _seat(self, board: Board, in_flight: int) -> bool:
        """Return whether the board was cleared, whoever sat here; not where the pacing actor died."""
        while not self._job.stop.is_set():
            hand = self._idle.pop() if self._idle else await self._hired(board)
            if hand is None:
                return True
            feeding = [asyncio.ensure_future(self._feed(hand, board, in_flight)) for _ in range(_AHEAD)]
            try:
                paced = await _together(feeding)
            except self._ray.exceptions.RayTaskError:
                raise
            except self._ray.exceptions.RayError as death:
                if not await self._buried(hand, board, death):
                    return False
                continue
            self._idle.append(hand)
            return all(paced)
        return True

    async def _hired(self, board: Board) -> Hand | None:
        """Return a new worker; None when there is nothing left to do before the cluster has room for it."""
        kind = cluster.actor(Worker, num_cpus=1, max_concurrency=1_000, **self._place)
        hand = Hand(name := next(self._names), kind.remote(name, self._pacing), self._shares.pop())
        begun = asyncio.ensure_future(self._begun(hand))
        over = asyncio.ensure_future(board.over.wait())
        patience_s = None if self._hands else _ROOM_S
        await asyncio.wait([begun, over], timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        late = not begun.done() and not over.done()
        for waiting in (begun, over):
            waiting.cancel()
        await asyncio.gather(begun, over, return_exceptions=True)
        if begun.cancelled() or not begun.result():
            self._shares.append(hand.share)
        if begun.cancelled():
            self._ray.kill(hand.handle)
            if late:
                raise ClusterError(f"the cluster made no room for a worker in {_ROOM_S / 60:.0f} minutes", hint=_BUSY)
            return None
        if not begun.result():
            return None
        self._hands.add(hand)
        hand.listening = asyncio.ensure_future(self._listen(hand))
        return hand

    async def _begun(self, hand: Hand) -> bool:
        """Return whether a worker can send."""
        try:
            error = await hand.handle.begin.remote(self._job.endpoint, self._job.backend_of)
        except self._ray.exceptions.RayTaskError:
            raise
        except self._ray.exceptions.RayError as death:
            self._useless(str(death))
            return False
        if error is not None:
            self._fail(error)
        return error is None

    async def _feed(self, hand: Hand, board: Board, in_flight: int) -> bool:
        """Return whether a worker was given work to the end; not where the pacing actor died."""
        while (shard := await board.take()) is not None:
            hand.shards.add(shard)
            places = in_flight if board.lone else min(in_flight, hand.share)
            error, unpaced = await hand.handle.work.remote(shard.requests, self._arms.refused, places)
            hand.shards.discard(shard)
            left = shard.left()
            board.put_back(shard)
            if error is not None:
                self._fail(error)
            elif unpaced:
                return False
            elif left and not self._job.stop.is_set():
                await self._stop_short()
        return True

    async def _stop_short(self) -> None:
        """Stop where the budget has no room: nothing else lets workers end before their shards do."""
        lacking = await self._pacing.lacking.remote()
        if self._job.purse is not None:
            self._job.purse.lacking = lacking
        self._job.stop.set()

    async def _listen(self, hand: Hand) -> None:
        while True:
            try:
                told: list[tuple[int, Delivery]] = await hand.handle.heard.remote()
            except self._ray.exceptions.RayError as death:
                if isinstance(death, self._ray.exceptions.RayTaskError):
                    self._fail(death)
                return  # who gives it work hears of its death, too
            hand.useful, self._n_useless = True, 0
            for _, delivery in told:
                self._note(hand, delivery)
            keeping = asyncio.ensure_future(self._keep(hand, told))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)

    def _note(self, hand: Hand, delivery: Delivery) -> None:
        """Take note of a delivery before it is on disk: whatever happens to its worker now, it is not bought again."""
        shard = next((each for each in hand.shards if each.has(delivery.request)), None)
        if shard is not None and self._board is not None:
            self._board.settle(shard, delivery)
        if self._job.purse is None:
            return
        for attempt in delivery.attempts:
            usage = None if attempt.error is not None or delivery.reply is None else delivery.reply.usage
            billed = attempt.error is None or may_be_billed(attempt.status, attempt.error)
            self._job.purse.came_to(delivery.request, usage, billed=billed)

    async def _keep(self, hand: Hand, told: Sequence[tuple[int, Delivery]]) -> None:
        ended = await asyncio.gather(*(self._kept(delivery) for _, delivery in told), return_exceptions=True)
        good = [number for (number, _), error in zip(told, ended, strict=True) if error is None]
        bad = [number for (number, _), error in zip(told, ended, strict=True) if error is not None]
        if good:
            hand.handle.kept.remote(good)
        for error in ended:
            if isinstance(error, Exception):
                self._fail(error)
                hand.handle.kept.remote(bad, str(error))

    async def _kept(self, delivery: Delivery) -> None:
        if delivery.attempts or delivery.outcomes:
            await self._job.keep(delivery)
        tally = self._job.tally
        tally.kept(delivery)
        tally.n_requests += len(delivery.attempts)
        tally.n_retries += sum(attempt.number > 1 for attempt in delivery.attempts)
        tally.n_malformed += sum(attempt.error == MalformedReplyError.slug for attempt in delivery.attempts)
        if self._job.watch is not None:
            self._job.watch(tally)

    async def _buried(self, hand: Hand, board: Board, death: Exception) -> bool:
        """Return whether others can go on after a worker died; not where the pacing actor died with it.

        What it had sent is on record as cut off, since it may be billed; everything else of its shards is handed out
        again, and so is that.
        """
        self._ray.kill(hand.handle)  # it may be out of reach only, and must buy nothing more
        self._hands.discard(hand)
        self._shares.append(hand.share)
        if hand.listening is not None:
            hand.listening.cancel()
        paced = True
        try:
            for request, n in await self._pacing.give_back.remote(hand.name):
                if any(shard.has(request) for shard in hand.shards):
                    await self._on_record(hand, request, n, "its worker died before an answer was kept")
        except self._ray.exceptions.RayError:
            paced = False
        for shard in hand.shards:
            board.put_back(shard)
        if not hand.useful:
            self._useless(str(death))
        return paced

    async def _on_record(self, hand: Hand, request: Request, n: int, why: str) -> None:
        """Keep the record of tries of which nobody will tell the end."""
        now = self._clock.now()
        cut_off = deliveries.attempt(1, now, now, now, None)
        attempts = [replace(cut_off, number=number, message=why) for number in range(1, n + 1)]
        delivery = deliveries.left_open(request, attempts, self._clock.date())
        self._note(hand, delivery)
        await self._kept(delivery)

    async def _part(self) -> None:
        """Keep the record of what is on its way: whoever asked twice to stop does not wait for it."""
        under_way = await self._pacing.under_way.remote() if self._pacing is not None else ()
        for request, n in under_way:
            hand = next((h for h in self._hands if any(shard.has(request) for shard in h.shards)), None)
            if hand is not None:
                await self._on_record(hand, request, n, "stopped before an answer came")
        await asyncio.gather(*self._keeping)

    async def _pass_on_stop(self) -> None:
        await self._job.stop.wait()
        if self._board is not None:
            self._board.wake()
        if self._pacing is not None:
            self._pacing.halt.remote()
        for hand in self._hands:
            hand.handle.halt.remote()

    def _fail(self, error: Exception) -> None:
        self._error = self._error or error
        self._job.stop.set()

    def _useless(self, why: str) -> None:
        """Count an actor that died before anything came of it: more of them would, too."""
        self._n_useless += 1
        if self._n_useless >= _DEATHS:
            words = visible(why.strip().split("\n", 1)[0], keep="", limit=cluster.SHOWN)
            self._fail(ClusterError(f"{_DEATHS} actors in a row died before anything came of them: {words}"))

    def _dismiss(self) -> None:
        """End all actors: nothing that they have is wanted any more."""
        for hand in self._hands:
            if hand.listening is not None:
                hand.listening.cancel()
            self._ray.kill(hand.handle)
            self._shares.append(hand.share)
        if self._pacing is not None:
            self._ray.kill(self._pacing)
        self._hands, self._idle, self._pacing = set(), [], None


async def _together(tasks: Sequence[asyncio.Task[bool]]) -> list[bool]:
    """Return what all tasks return; where one fails the others are cancelled, and its error is raised."""
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
