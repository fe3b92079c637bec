"""The loop that everything is sent in."""

import asyncio
import importlib.util
import signal

import pytest

from evalkit import looping


def test_a_coroutine_is_run_in_a_loop_of_its_own():
    """The loop is uvloop's where that is installed."""

    async def where():
        return type(asyncio.get_running_loop()).__module__

    assert looping.run(where()).startswith("uvloop" if importlib.util.find_spec("uvloop") else "asyncio")


def test_what_a_coroutine_raises_comes_out():
    """Unchanged, and the loop is closed."""

    async def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        looping.run(fail())


def test_signals_are_left_as_they_were():
    """A handler that was asked for goes with its loop."""

    async def listen():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, print)

    before = signal.getsignal(signal.SIGTERM)
    looping.run(listen())
    assert signal.getsignal(signal.SIGTERM) is before
