"""What this process and the store's disk have room for, looked at before anything is bought."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from evalkit.environment import LOOPBACK
from evalkit.errors import StoreError, UsageError
from evalkit.nouns import Suite
from evalkit.nouns.ports import Store

_OTHER_FILES = 12  # for the store, whose readers open and close it, and for modules that are loaded later
_ASSUMED_OPEN = 32  # where the system does not tell
_LEAST_BYTES = 256 * 1024
_BYTES_A_DRAW = 2048  # of a request and its reply, but for the words
_LOG_BYTES_A_DRAW = 32 * 1024  # whole pages, for each answer that is synced by itself
_LOG_BYTES = 5 * 2**20  # after that the log is written anew from its beginning
_BYTES_A_TOKEN = 8  # as it came, and as text


def fitted(suite: Suite, store: Store, n_wanted: int, notify: Callable[[str], None]) -> Suite:
    """Return a suite with no more requests in flight than this process can have; a disk that is small is told.

    Args:
        suite: What is asked.
        store: Where answers are kept.
        n_wanted: Draws that are missing.
        notify: Called with what there is not enough of.

    Raises:
        StoreError: The disk is full.
        UsageError: This process may open no further files.
    """
    check_store(store, suite, n_wanted, notify)
    places = in_flight(suite)
    if places == suite.concurrency:
        return suite
    notify(
        f"at most {places} requests in flight instead of {suite.concurrency}: each needs an open file, and this "
        "process may have no more (ulimit -n)"
    )
    return replace(suite, concurrency=places)


def in_flight(suite: Suite) -> int:
    """Return how many of a suite's requests this process can have in flight, at most those the suite wants.

    Raises:
        UsageError: None: it may open no further files.
    """
    each = 2 if suite.endpoint.base_url == LOOPBACK else 1  # the embedded server's end of a connection is ours, too
    return max(1, files_for(suite.concurrency * each) // each)


def check_store(store: Store, suite: Suite, n_wanted: int, notify: Callable[[str], None]) -> None:
    """Do nothing when the disk of a store has room for the answers to come, as far as can be told.

    Args:
        store: Where answers are kept; one that is no file has room.
        suite: What is asked.
        n_wanted: Draws that are missing.
        notify: Called with a line when the answers may take more than there is.

    Raises:
        StoreError: The disk is full.
    """
    path = getattr(store, "path", None)
    if isinstance(path, Path):
        words = n_wanted * (_BYTES_A_DRAW + _BYTES_A_TOKEN * suite.decoding.max_tokens)
        check_space(path.parent, words + min(n_wanted * _LOG_BYTES_A_DRAW, _LOG_BYTES), notify)


def check_space(folder: Path, wanted: int, notify: Callable[[str], None]) -> None:
    """Do nothing when a disk has room for what will be written, as far as can be told.

    Args:
        folder: Where it will be written.
        wanted: Bytes.
        notify: Called with a line when that may be too much.

    Raises:
        StoreError: There is next to nothing left.
    """
    found = os.statvfs(folder)
    if not found.f_blocks:
        return  # a file system that does not count
    free = found.f_bavail * found.f_frsize
    if free < _LEAST_BYTES:
        raise StoreError(f"the disk of {folder} is full: nothing was sent", hint="free some space, or use another disk")
    if free < wanted:
        notify(
            f"the disk of {folder} has {free / 2**20:,.1f} MiB left, and the answers may take {wanted / 2**20:,.1f} MiB"
        )


def files_for(wanted: int) -> int:
    """Return how many files more this process may open, at most those wanted; a limit that it may raise is raised.

    Raises:
        UsageError: It may open none.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    n_open = _n_open()
    needed = n_open + _OTHER_FILES + wanted
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return wanted
    raised = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(raised, soft), hard))
        soft = max(raised, soft)
    left = soft - n_open - _OTHER_FILES
    if left < 1:
        raise UsageError(
            f"this process may have no more than {soft} files open: nothing was sent", hint="ulimit -n 256"
        )
    return min(left, wanted)


def _n_open() -> int:
    try:
        return sum(1 for _ in Path("/dev/fd").iterdir())
    except OSError:
        return _ASSUMED_OPEN
