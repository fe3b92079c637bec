"""The event loop that everything is sent in: uvloop's where it is installed, else the standard library's."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from evalkit.errors import UsageError
from evalkit.room import files_for

_T = TypeVar("_T")
_FILES = 8  # of a loop: what it polls, and how other threads and signals wake it
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Return what a coroutine returns, run in a loop of its own as `asyncio.run` would.

    Raises:
        UsageError: This process may open no further files, and a loop needs some.
    """
    try:
        files_for(_FILES)
    except UsageError:
        work.close()
        raise
    with _signals_kept(), asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(work)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Leave signals to whom they were left before: uvloop keeps those it handled, even when it is closed."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                if handler is not None and signal.getsignal(number) is not handler:
                    signal.signal(number, handler)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    made: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return made
