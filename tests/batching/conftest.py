"""Files of requests, and readers of their results."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evalkit.batching.reading import Reading, read
from evalkit.batching.writing import Written, write
from evalkit.store.sqlite import SqliteStore, open_store


@pytest.fixture
def store(tmp_path):
    """Yield an empty store."""
    with open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def notices():
    """Return what was told."""
    return []


@pytest.fixture
def written(store, tmp_path, notices) -> Callable[..., Written]:
    """Return a writer of what a suite lacks."""

    def to(suite, label="small", **settings):
        return write(suite, store, label, tmp_path / "out", notify=notices.append, **settings)

    return to


@pytest.fixture
def lines(written) -> Callable[..., list[bytes]]:
    """Return a writer of a suite that gives the lines of its files."""

    def of(suite, **settings):
        return [line for path in written(suite, **settings).paths for line in path.read_bytes().splitlines()]

    return of


@pytest.fixture
def reading(store: SqliteStore, tmp_path: Path) -> Callable[..., Reading]:
    """Return a reader of lines."""

    def of(*found, **settings):
        path = tmp_path / "results.jsonl"
        path.write_bytes(b"".join(found))
        return read(store, [path], **settings)

    return of
