"""Ray: requests are sent from workers of a cluster, which take shards of the plan; this process writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from evalkit.errors import UsageError
from evalkit.nouns.ports import Embedder
from evalkit.sampling.executors.base import Executor, Job
from evalkit.sampling.ray import cluster

T = TypeVar("T")
R = TypeVar("R")


def ray_executor() -> Executor:
    """Return an executor that spreads the work over the cluster of RAY_ADDRESS, or over the cores of this machine.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    cluster.library()
    return _Ray()


class _Ray:
    near = False

    def __init__(self) -> None:
        self._joined = False

    async def send(self, job: Job) -> None:
        if job.backend is not None or job.limits is not None:
            hint = "leave the executor out, or name the backend in the suite"
            raise UsageError("a backend or limits of one's own can not be sent to a cluster", hint=hint)
        self._join()
        from evalkit.sampling.ray.driver import Driver

        await Driver(job).run()

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        self._join()
        from evalkit.sampling.ray.mapping import each

        return each(function, items)

    def placed(self, embedder: Embedder) -> Embedder:
        self._join()
        from evalkit.sampling.ray.placing import PlacedEmbedder

        return PlacedEmbedder(embedder)

    def close(self) -> None:
        if self._joined:
            cluster.left()
        self._joined = False

    def _join(self) -> None:
        self._joined = cluster.joined() or self._joined
