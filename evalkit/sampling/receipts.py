"""Word from the writing thread to the loop: one call wakes it for all that one commit has synced."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from evalkit.nouns.ports import Told


class Receipts:
    """Waits in a loop for what another thread does, many at a time.

    Waking a loop is a write to a pipe and a read from it: done for each answer it cost as much as reading the answer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin without any.

        Args:
            loop: Where it is waited.
        """
        self._loop = loop
        self._ended: deque[tuple[asyncio.Future[None], Exception | None]] = deque()
        self._woken = False

    async def of(self, begin: Callable[[Told], None]) -> None:
        """Return when what was begun is done, or raise what went wrong.

        Who is cancelled meanwhile waits no longer; the other thread goes on.

        Args:
            begin: Given what the other thread calls at the end.
        """
        waiting: asyncio.Future[None] = self._loop.create_future()
        begin(partial(self._note, waiting))
        await waiting

    def _note(self, waiting: asyncio.Future[None], error: Exception | None) -> None:
        """Take note, in the other thread; put there before the look, it is seen by a round that has not begun yet."""
        self._ended.append((waiting, error))
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._woken = False
        while self._ended:
            waiting, error = self._ended.popleft()
            if waiting.done():
                continue
            if error is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(error)
