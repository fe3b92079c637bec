"""Word from the writing thread to the loop: one call wakes it for all that one commit has synced."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeAlias

_Receipt: TypeAlias = "tuple[asyncio.Future[None], Future[None]]"


class Receipts:
    """Waits in a loop for futures that another thread ends, many at a time.

    Waking a loop is a write to a pipe and a read from it: done for each answer it cost as much as reading the answer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin without any.

        Args:
            loop: Where it is waited.
        """
        self._loop = loop
        self._ended: deque[_Receipt] = deque()
        self._woken = False

    async def of(self, future: Future[None]) -> None:
        """Return when a future of another thread is done, or raise what it holds.

        Who is cancelled meanwhile waits no longer; the other thread goes on.
        """
        waiting: asyncio.Future[None] = self._loop.create_future()
        future.add_done_callback(lambda ended: self._note((waiting, ended)))
        await waiting

    def _note(self, receipt: _Receipt) -> None:
        """Take note, in the other thread; put there before the look, it is seen by a round that has not begun yet."""
        self._ended.append(receipt)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._woken = False
        while self._ended:
            waiting, ended = self._ended.popleft()
            if waiting.done():
                continue
            error = ended.exception()
            if error is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(error)
