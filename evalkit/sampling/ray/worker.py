"""A worker: the sampler of a local run, over the shards it is given, in a process of the cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evalkit.errors import BackendError, EvalkitError, StoreError
from evalkit.nouns import Delivery, Endpoint, Reply, Request
from evalkit.nouns.ports import Backend
from evalkit.sampling.arms import Arms
from evalkit.sampling.ray import cluster
from evalkit.sampling.ray.lent import LentLimits
from evalkit.sampling.ray.pacing import Key, Seen
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally


class Worker:
    """Sends requests, and counts an answer as kept when the driver says so."""

    def __init__(self, name: str, counter: Any) -> None:  # noqa: ANN401 - Ray's own type
        """Begin without work.

        Args:
            name: What the counter knows this worker by.
            counter: The actor that lends tickets.
        """
        self._name = name
        self._counter = _Far(counter)
        self._news = asyncio.Event()
        self._unheard: list[tuple[int, Delivery]] = []
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._n = 0
        self._sampler: Sampler | None = None
        self._limits: LentLimits | None = None

    async def begin(self, endpoint: Endpoint, backend_of: Callable[[Endpoint], Backend]) -> EvalkitError | None:
        """Return what is in the way of sending, None where nothing is.

        Args:
            endpoint: Who is asked.
            backend_of: Makes its backend; the key is that of this process.
        """
        try:
            backend = backend_of(endpoint)
        except EvalkitError as error:
            return error
        sampler = Sampler(backend=backend, keep=self._keep, tally=Tally(n_wanted=0))
        sampler.arms = Arms.knowing({}, tried=True)  # the driver lets the first of each temperature go alone
        self._limits = LentLimits(self._name, self._counter, sampler.clock, sampler.stop)
        sampler.limits = self._limits
        self._sampler = sampler
        return None

    async def work(
        self, requests: Sequence[Request], refused: Mapping[float, str], in_flight: int
    ) -> tuple[EvalkitError | None, bool]:
        """Return the error that ends the run, if one does, and whether the counter is gone, once all was kept.

        Args:
            requests: A shard of the plan.
            refused: Temperatures that the endpoint is known to refuse, with its words.
            in_flight: Most requests of this worker under way at once, those that are not on disk yet among them.
        """
        sampler, limits = self._sampler, self._limits
        if sampler is None or limits is None:
            raise RuntimeError("it has not begun")
        sampler.arms.refused.update(refused)
        limits.hold(in_flight)
        sampler.concurrency = min(in_flight, len(requests))
        try:
            await sampler.run(iter(requests))
        except EvalkitError as error:
            return error, limits.lost
        finally:
            await limits.told()
        if limits.broken is not None:
            raise limits.broken
        return None, limits.lost

    async def heard(self) -> list[tuple[int, Delivery]]:
        """Return deliveries that were not told yet, by number, as soon as there is one."""
        while not self._unheard:
            self._news.clear()
            await self._news.wait()
        told, self._unheard = self._unheard, []
        return told

    async def kept(self, numbers: Sequence[int], error: str | None = None) -> None:
        """Take note that deliveries are on disk, or of what is wrong with it."""
        for number in numbers:
            waiting = self._waiting.pop(number, None)
            if waiting is not None and not waiting.done():
                waiting.set_exception(StoreError(error)) if error else waiting.set_result(None)

    async def halt(self) -> None:
        """Finish what is in flight, and send nothing more."""
        if self._sampler is not None:
            self._sampler.stop.set()

    async def _keep(self, delivery: Delivery) -> None:
        number = self._n = self._n + 1
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._unheard.append((number, delivery))
        self._news.set()
        await waiting
        if self._limits is not None and delivery.attempts:
            self._limits.done(delivery.request)


class _Far:
    """The pacing actor, as it is asked from another process."""

    def __init__(self, handle: Any) -> None:  # noqa: ANN401 - Ray's own type
        self._handle = handle

    async def enter(self, worker: str, requests: Sequence[Request]) -> list[int]:
        with cluster.death_as_connection():
            numbers: list[int] = await self._handle.enter.remote(worker, requests)
            return numbers

    async def leave(
        self, worker: str, ends: Sequence[tuple[int, Reply | BackendError | None]], done: Sequence[Key]
    ) -> Seen:
        with cluster.death_as_connection():
            seen: Seen = await self._handle.leave.remote(worker, ends, done)
            return seen
