"""Ray Data, to read rows from Parquet lakes and to write tables to them; nothing else here uses it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from evalkit.errors import MissingExtraError
from evalkit.sampling.ray import cluster

_AT_ONCE = 10  # tables in the memory of the cluster


def rows_of(path: str, columns: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a Parquet file or a folder of them, wherever Ray reads from, with some of their columns.

    Raises:
        MissingExtraError: Ray Data is not installed.
        ClusterError: The cluster of RAY_ADDRESS can not be used.
    """
    with _data() as data:
        yield from data.read_parquet(path, columns=list(columns)).iter_rows()


def written(tables: Iterable[Any], path: str) -> int:
    """Return how many rows were written to a folder of Parquet files, beside what it holds.

    Args:
        tables: Arrow tables of one schema; a few at a time are in memory.
        path: The folder, wherever Ray writes to.

    Raises:
        MissingExtraError: Ray Data is not installed.
        ClusterError: The cluster of RAY_ADDRESS can not be used.
    """
    n, left = 0, iter(tables)
    with _data() as data:
        while part := list(itertools.islice(left, _AT_ONCE)):
            data.from_arrow(part).write_parquet(path)
            n += sum(table.num_rows for table in part)
    return n


@contextmanager
def _data() -> Iterator[Any]:
    cluster.library()
    try:
        import ray.data
    except ImportError:
        raise MissingExtraError(
            "lakes are read and written by Ray Data, which is not installed", hint="pip install 'ray[data]'"
        ) from None
    joined = cluster.joined()
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield ray.data
    finally:
        if joined:
            cluster.left()
