"""Local: everything in this process, in the loop that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from evalkit.nouns.ports import Backend, Embedder
from evalkit.sampling.arms import Arms
from evalkit.sampling.budget import BudgetedLimits
from evalkit.sampling.executors.base import Executor, Job
from evalkit.sampling.limits import PacedLimits
from evalkit.sampling.phases import phases
from evalkit.sampling.requests import requests_of
from evalkit.sampling.sampler import Sampler

T = TypeVar("T")
R = TypeVar("R")


def local_executor() -> Executor:
    """Return an executor that does all work in this process."""
    return _Local()


class _Local:
    near = True

    async def send(self, job: Job) -> None:
        backend = job.backend or job.backend_of(job.endpoint)
        try:
            await _sent(job, backend)
        finally:
            if job.backend is None:
                await backend.aclose()

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        return map(function, items)

    def placed(self, embedder: Embedder) -> Embedder:
        return embedder

    def close(self) -> None:
        """Nothing was taken."""


async def _sent(job: Job, backend: Backend) -> None:
    sampler = Sampler(backend=backend, keep=job.keep, tally=job.tally, concurrency=job.suite.concurrency, stop=job.stop)
    sampler.watch = job.watch or sampler.watch
    sampler.arms = Arms.knowing(job.refused)
    # Of all phases together: a server's wish to wait outlasts the phase in which it was heard.
    sampler.limits = job.limits or PacedLimits(job.suite.concurrency, sampler.clock, job.stop, job.suite.limits)
    if job.purse is not None:
        sampler.limits = BudgetedLimits(sampler.limits, job.purse, sampler.clock, job.stop)
    for together, in_flight in phases(job.draws, job.suite.concurrency):
        sampler.concurrency = in_flight
        await sampler.run(requests_of(together, job.suite.mode))
        if job.stop.is_set():
            break
