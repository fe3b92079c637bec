"""One writer: an OS lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path

from evalkit.errors import StoreBusyError, StoreError


class Lock:
    """The right to write to a store, held until released or until the process ends.

    The lock file stays behind; it means nothing by itself, only the lock on it does.
    """

    def __init__(self, store: Path) -> None:
        """Take the lock of a store.

        Args:
            store: The store's file; the lock lies beside it, its name ending in ``.lock``.

        Raises:
            StoreBusyError: Another process, or this one, has the store open for writing.
            StoreError: The lock file can not be made, or is something else.
        """
        self.path = store.with_name(store.name + ".lock")
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self.path} can not be made: {error.strerror}",
                hint="is the directory there, and may you write to it?",
            ) from error
        try:
            self._take(store)
        except StoreError:
            os.close(self._fd)
            raise

    def _take(self, store: Path) -> None:
        content = os.pread(self._fd, 32, 0)
        if not re.fullmatch(rb"\d*\n?", content):
            raise StoreError(f"{self.path} is not a lock file", hint="move it away; evalkit needs that name")
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = content.decode("ascii").strip() or "unknown"
            raise StoreBusyError(
                f"process {pid} is writing to {store}", hint="wait for it to end, or use another store"
            ) from None
        except OSError as error:
            raise StoreError(f"{self.path} can not be locked: {error.strerror}", hint="use a local disk") from error
        _give(self._fd, store)
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._fd)


def _give(fd: int, store: Path) -> None:
    """Make a lock file its owner's only, and the store's owner's where root has made it: both need it again."""
    with suppress(OSError):
        os.fchmod(fd, 0o600)
        if os.geteuid() == 0:
            owner = store.lstat()
            os.fchown(fd, owner.st_uid, owner.st_gid)
