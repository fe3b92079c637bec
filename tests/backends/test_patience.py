"""What passes while a process stands still counts for no time limit."""

import asyncio
import json
import time

import pytest

from evalkit.backends.patience import Patience
from evalkit.backends.transport import WAYS, Transport
from evalkit.errors import TransientError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server

BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}]}).encode()


def stand_still(seconds: float) -> None:
    """Let nothing run in this thread, as if the process were stopped: its clock goes on."""
    time.sleep(seconds)


def test_a_limit_is_a_limit() -> None:
    """What takes too long while somebody waits ends with a time-out, each by its own limit."""

    async def wait() -> float:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            async with Patience(0.6).waiting():
                await asyncio.sleep(9)
        return time.monotonic() - begun

    assert 0.5 < asyncio.run(wait()) < 4


def test_standing_still_is_no_waiting() -> None:
    """A limit that passed unseen is put off by that time, once for all who wait, and holds after that."""
    patience = Patience(0.7)

    async def wait(seconds: float) -> bool:
        try:
            async with patience.waiting():
                await asyncio.sleep(seconds)
        except TimeoutError:
            return False
        return True

    async def both() -> list[bool]:
        waits = [asyncio.ensure_future(wait(seconds)) for seconds in (0.2, 9)]
        await asyncio.sleep(0.05)
        stand_still(2.5)
        return [await each for each in waits]

    begun = time.monotonic()
    assert asyncio.run(both()) == [True, False]
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize("way", WAYS)
def test_answers_that_came_meanwhile_are_read(way: str) -> None:
    """An answer is not bought again because nobody looked when it came."""

    async def ask(url: str) -> list[int]:
        transport = Transport({}, timeout_s=1.0, max_bytes=10**6, connections=4, way=way)
        posts = [asyncio.ensure_future(transport.post(f"{url}/chat/completions", BODY)) for _ in range(4)]
        await asyncio.sleep(0.2)
        stand_still(2.5)
        answers = [await post for post in posts]
        await transport.aclose()
        return [answer.status for answer in answers]

    with Server(latency_s=0.5) as server:
        assert asyncio.run(ask(server.url)) == [200] * 4
        assert len(server.journal) == 4


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_hangs_is_left(way: str) -> None:
    """A time-out is one still, with its name."""

    async def ask(url: str) -> None:
        transport = Transport({}, timeout_s=0.7, max_bytes=10**6, connections=4, way=way)
        try:
            await transport.post(f"{url}/chat/completions", BODY)
        finally:
            await transport.aclose()

    with (
        Server(faults=Faults(script=["hang:9"])) as server,
        pytest.raises(TransientError, match=r"within 0\.7 s") as told,
    ):
        asyncio.run(ask(server.url))
    assert told.value.slug == "timeout"
