"""Scripted: answers from a list. The double of unit tests, and a way to see what a suite does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from typing import TypeAlias

from evalkit.errors import BackendError, UsageError
from evalkit.nouns import Endpoint, Reply, Request
from evalkit.nouns.ports import Backend

Line: TypeAlias = str | Reply | BackendError
"""One answer: a text for each completion, a whole reply, or an error to raise."""


def scripted(endpoint: Endpoint, *, script: Sequence[Line] = ("one", "two", "three")) -> Backend:
    """Return a backend that gives the lines of a script in turn, from the start again at its end.

    Args:
        endpoint: Taken for the form's sake; no address is asked.
        script: The lines, at least one.

    Raises:
        UsageError: The script is empty.
    """
    del endpoint
    if not script:
        raise UsageError("a script needs at least one line", hint="such as script=['yes', 'no']")
    return _Scripted(script)


class _Scripted:
    def __init__(self, script: Sequence[Line]) -> None:
        self._lines = cycle(script)

    async def send(self, request: Request) -> Reply:
        line = next(self._lines)
        if isinstance(line, BackendError):
            raise line
        if isinstance(line, Reply):
            return line
        texts = [line, *(str(more) for more in islice(self._lines, request.n - 1))]
        return Reply.of_texts(texts)

    async def aclose(self) -> None:
        """Nothing to release."""
