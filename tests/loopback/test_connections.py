"""Clients that send half, too much, too slowly or nonsense, on sockets of their own."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from evalkit.loopback.application import BODY_LIMIT
from evalkit.loopback.connections import HEAD_LIMIT
from evalkit.loopback.server import Limits, Server

QUICK = Limits(connections=4, head_s=0.5, pause_s=0.5, body_s=1.5, idle_s=1, unread_s=0.5)
POST = "POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
GET = "GET /v1/models HTTP/1.1\r\nHost: {host}\r\n"


@pytest.fixture(scope="module")
def strict() -> Iterator[Server]:
    """Yield a server of little patience."""
    server = Server(seed=1)
    server.app.state.limits = QUICK
    with server:
        yield server


def address(server: Server) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").removesuffix("/v1").split(":")
    return host, int(port)


def call(server: Server) -> socket.socket:
    return socket.create_connection(address(server), timeout=8)


def say(server: Server, line: socket.socket, text: str) -> None:
    line.sendall(text.replace("{host}", ":".join(map(str, address(server)))).encode("utf-8"))


def heard(line: socket.socket) -> bytes:
    """Return all that comes until the server closes, which it has to within 8 s."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    return b"".join(parts)


def refusal(raw: bytes) -> tuple[int, Any]:
    """Return the status and the code of a refusal, which must be the protocol's error object."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"application/json" in head
    assert b"Traceback" not in body
    return int(head.split()[1]), json.loads(body)["error"]["code"]


def drip(line: socket.socket) -> None:
    """Send a letter every tenth of a second until the server has closed, which it has to within 6 s."""
    for _ in range(60):
        try:
            line.sendall(b"G")
        except OSError:
            return
        time.sleep(0.1)
    pytest.fail("the server still listens")


def asked(server: Server, *parts: str, pause: float = 0.0) -> bytes:
    """Return the reply to parts sent one after another."""
    with call(server) as line:
        for part in parts:
            say(server, line, part)
            time.sleep(pause)
        return heard(line)


@pytest.mark.parametrize("parts", [("GET /v1/mod",), (GET,), (POST + "Content-Length: 9\r\n\r\n{",)])
def test_half_a_request_is_a_408(strict: Server, parts: tuple[str, ...]) -> None:
    """A head or a body that stops in the middle is waited for as long as the limit says, and no longer."""
    begun = time.monotonic()
    assert refusal(asked(strict, *parts)) == (408, "request_timeout")
    assert 0.4 < time.monotonic() - begun < 5


def test_body_in_drops_is_a_408(strict: Server) -> None:
    """Who sends a byte now and then does not hold a connection for ever."""
    begun = time.monotonic()
    with call(strict) as line:
        say(strict, line, POST + "Content-Length: 99\r\n\r\n")
        drip(line)
    assert time.monotonic() - begun < 6


def test_head_in_drops_is_closed(strict: Server) -> None:
    """The head as a whole has a time limit, not each piece of it, on a connection that is kept as well."""
    with call(strict) as line:
        say(strict, line, GET + "\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        begun = time.monotonic()
        drip(line)
        assert time.monotonic() - begun < 5


def test_silent_connections_are_closed(strict: Server) -> None:
    """A connection on which nothing comes is closed, at its beginning and after a reply."""
    assert asked(strict) == b""
    assert asked(strict, GET + "\r\n").startswith(b"HTTP/1.1 200")


def test_refused_body_is_not_waited_for(strict: Server) -> None:
    """Who is refused before the body has come is not listened to for ever."""
    assert refusal(asked(strict, "POST / HTTP/1.1\r\nHost: evil\r\nContent-Length: 9\r\n\r\n")) == (403, "host_refused")


def test_a_client_that_does_not_read_is_left(strict: Server) -> None:
    """A reply nobody reads is not kept for ever, and the next client is served."""
    body = json.dumps({"model": "m", "n": 128, "logprobs": True, "messages": [{"role": "user", "content": "a"}]})
    with call(strict) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        say(strict, line, f"{POST}Content-Length: {len(body)}\r\n\r\n{body}")
        deadline = time.monotonic() + 8
        while strict.app.state.connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not strict.app.state.connections
    assert asked(strict, GET + "Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_surplus_connections_are_told_so(strict: Server) -> None:
    """Connections over the limit are a 503, those far over it are closed, and the server lives on."""
    lines = [call(strict) for _ in range(12)]
    try:
        got = []
        for line in lines:
            try:
                say(strict, line, GET + "Connection: close\r\n\r\n")
                got.append(heard(line)[9:12])
            except OSError:
                got.append(b"")
    finally:
        for line in lines:
            line.close()
    assert set(got) == {b"200", b"503", b""}
    assert got.count(b"200") >= QUICK.connections
    time.sleep(0.1)
    assert asked(strict, GET + "Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("pieces", [1, 12])
def test_large_heads_are_refused(calm: Server, pieces: int) -> None:
    """Headers over the limit are a 431, in one piece or in several."""
    each = "".join(f"X-{number}: {'a' * 90}\r\n" for number in range(HEAD_LIMIT // 100 // pieces + 10))
    assert refusal(asked(calm, GET + "Connection: close\r\n" + each, *[each] * (pieces - 1), "\r\n"))[0] == 431


@pytest.mark.parametrize(
    "text",
    [
        "\x16\x03\x01 hello\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\n\r\n",
        GET + "Host: {host}\r\n\r\n",
        GET + "X Y: a\r\n\r\n",
        POST + "Content-Length: -1\r\n\r\n{}",
        POST + f"Content-Length: {'9' * 5000}\r\n\r\n{{}}",
        POST + "Transfer-Encoding: chunked\r\n\r\nhello\r\n",
        "GÉT /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_400(calm: Server, text: str) -> None:
    """Nonsense on the wire gets the protocol's error object, too."""
    assert refusal(asked(calm, text)) == (400, "invalid_http")


def test_chunked_bodies_are_limited(calm: Server) -> None:
    """A body that announces no length is cut off at the limit."""
    chunk = f"10000\r\n{' ' * 65536}\r\n"
    with call(calm) as line:
        say(calm, line, POST + "Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(BODY_LIMIT // 65536 + 1):
            say(calm, line, chunk)
        assert b" 413 " in line.recv(100)
