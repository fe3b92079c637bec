"""The way over sockets: connections are kept, counted, and given up with what they were asked."""

import asyncio
import json

import pytest

from evalkit.backends.direct import Direct
from evalkit.backends.transport import WAYS, Transport
from evalkit.errors import EndpointError, TransientError
from evalkit.loopback.server import Server

BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}]}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Talker(asyncio.Protocol):
    """Says bytes to each request; what it heard, and over how many connections, is kept."""

    def __init__(self, made, says):
        """Take a list that grows by one connection, and what is said."""
        self.made, self.says, self.heard = made, says, b""
        made.append(self)

    def connection_made(self, transport):
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data):
        """Answer a request at once, if there is anything to say."""
        self.heard += data
        if self.says:
            self.transport.write(self.says)


def talk(says, work, **settings):
    """Return what work does with a way to a server that says these bytes, and the server's connections."""
    made = []

    async def both():
        server = await asyncio.get_running_loop().create_server(lambda: Talker(made, says), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        usual = {"headers": {"X-A": "b"}, "timeout_s": 5.0, "max_bytes": 10**6, "connections": 2}
        way = Direct(f"http://127.0.0.1:{port}/v1/chat?x=1", **{**usual, **settings})
        try:
            return await work(way)
        finally:
            await way.aclose()
            server.close()

    return asyncio.run(both()), made


def test_one_connection_serves_one_request_after_another():
    """And the request is what a server expects."""

    async def work(way):
        return [(await way.post(b"{}")).body for _ in range(3)]

    found, made = talk(ANSWER, work)
    assert found == [b"{}"] * 3
    assert len(made) == 1
    head, _, body = made[0].heard.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/chat?x=1 HTTP/1.1"
    assert {b"X-A: b", b"Content-Length: 2"} <= set(lines)
    assert any(line.startswith(b"Host: 127.0.0.1:") for line in lines)
    assert body.startswith(b"{}POST ")


def test_there_are_never_more_connections_than_allowed():
    """The others wait for their turn."""

    async def work(way):
        return await asyncio.gather(*(way.post(b"{}") for _ in range(20)))

    found, made = talk(ANSWER, work)
    assert len(found) == 20
    assert len(made) == 2


def test_a_connection_that_is_to_be_closed_is_not_used_again():
    """The server says so in the head."""

    async def work(way):
        return [(await way.post(b"{}")).status for _ in range(2)]

    closing = ANSWER.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")
    found, made = talk(closing, work)
    assert found == [200, 200]
    assert len(made) == 2


def test_words_nobody_asked_for_end_a_connection():
    """A second answer behind the first must not be taken for that of the next request."""

    async def work(way):
        first = await way.post(b"{}")
        await asyncio.sleep(0.05)
        return first.body, (await way.post(b"{}")).body

    found, made = talk(ANSWER + ANSWER.replace(b"{}", b"[]"), work)
    assert found == (b"{}", b"{}")
    assert len(made) == 2


def test_who_is_cut_off_leaves_no_answer_behind():
    """The connection goes with the request: its answer would be the next one's."""

    async def work(way):
        asked = asyncio.ensure_future(way.post(b"{}"))
        await asyncio.sleep(0.05)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        made[0].transport.write(ANSWER)
        await asyncio.sleep(0.05)
        return made[0].transport.is_closing()

    made = []

    async def both():
        server = await asyncio.get_running_loop().create_server(lambda: Talker(made, b""), "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        way = Direct(url, headers={}, timeout_s=5.0, max_bytes=100, connections=1)
        try:
            return await work(way)
        finally:
            await way.aclose()
            server.close()

    assert asyncio.run(both())


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/x", "http://", "http://[::1"])
def test_what_is_no_address_is_told(url):
    """Before anything is sent."""
    with pytest.raises(EndpointError) as told:
        Direct(url, headers={}, timeout_s=1.0, max_bytes=1, connections=1)
    assert told.value.slug == "address"


def test_a_header_can_not_hold_another():
    """A line's end in a value would begin a header of its own."""
    with pytest.raises(EndpointError):
        Direct("http://127.0.0.1:1/", headers={"X": "a\r\nY: b"}, timeout_s=1.0, max_bytes=1, connections=1)


@pytest.mark.parametrize("way", WAYS)
def test_a_server_without_tls_has_no_valid_certificate(way):
    """An address with https that speaks plain HTTP is named as one."""

    async def ask(url):
        transport = Transport({}, timeout_s=5.0, max_bytes=10**6, connections=1, way=way)
        try:
            await transport.post(url, BODY)
        finally:
            await transport.aclose()

    with Server() as server, pytest.raises(EndpointError) as told:
        asyncio.run(ask(f"{server.url}/chat/completions".replace("http:", "https:")))
    assert told.value.slug == "tls"


@pytest.mark.parametrize("way", WAYS)
def test_nobody_there_is_unreachable(way):
    """With the system's words, and without the path."""

    async def ask():
        transport = Transport({}, timeout_s=5.0, max_bytes=10**6, connections=1, way=way)
        try:
            await transport.post("http://127.0.0.1:9/v1/chat/completions", BODY)
        finally:
            await transport.aclose()

    with pytest.raises(TransientError) as told:
        asyncio.run(ask())
    assert told.value.slug == "unreachable"
    assert "completions" not in told.value.message
