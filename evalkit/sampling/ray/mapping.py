"""Work that buys nothing, done by tasks of the cluster: as many as there is room for, in the order of the items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from evalkit.errors import EvalkitError
from evalkit.sampling.ray import cluster

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2  # items under way for each core: the next one is there when one is done


def each(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what a function returns for each item, in the order of the items.

    A task that dies with its machine is begun again, three times at most.

    Raises:
        ClusterError: Tasks die wherever they are begun.
    """
    ray = cluster.library()
    task = ray.remote(num_cpus=1, max_retries=3)(_done)
    shared, under_way = ray.put(function), deque[Any]()
    most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
    try:
        for item in items:
            under_way.append(task.remote(shared, item))
            if len(under_way) >= most:
                yield _result(under_way.popleft())
        while under_way:
            yield _result(under_way.popleft())
    finally:
        for left in under_way:
            ray.cancel(left, force=True)


def _done(function: Callable[[T], R], item: T) -> tuple[R | None, EvalkitError | None]:
    """Return what a function returns, or the error that it raises on purpose."""
    try:
        return function(item), None
    except EvalkitError as error:
        return None, error


def _result(found: Any) -> Any:  # noqa: ANN401 - a reference to what the function returns
    with cluster.death_as_error():
        result, error = cluster.library().get(found)
    if error is not None:
        raise error
    return result
