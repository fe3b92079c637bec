"""The way over sockets: whole requests as bytes, kept connections, one look at the clock for all of them.

A request by aiohttp makes some twenty objects and a task; here it is one write. What is not plain HTTP/1.1 to the
endpoint itself, such as a proxy, goes by aiohttp.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping

from yarl import URL

from evalkit.backends.answer import CONNECT_TIMEOUT_S, Answer, too_long
from evalkit.backends.connection import Connection
from evalkit.backends.patience import LOOK_S, STALL_S
from evalkit.backends.unpacking import unpacked
from evalkit.errors import EndpointError, TransientError

_IDLE_S = 15.0  # servers close what was quiet for longer, perhaps just while a request is on its way


class Direct:
    """Sends bodies to one address over connections of its own."""

    def __init__(
        self, url: str, *, headers: Mapping[str, str], timeout_s: float, max_bytes: int, connections: int
    ) -> None:
        """Keep the settings; connections are opened by requests, inside their event loop.

        Args:
            url: Where bodies go.
            headers: Sent with each request.
            timeout_s: Longest wait for one whole answer, in seconds.
            max_bytes: Longest body, after unpacking, in bytes.
            connections: Most connections at once.

        Raises:
            EndpointError: The address is none.
        """
        self._url = _address(url)
        self._head = _head(self._url, headers)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._tls: ssl.SSLContext | None = None

    async def post(self, body: bytes) -> Answer:
        """Return the answer to a body; see `Transport.post`."""
        loop = asyncio.get_running_loop()
        async with self._slots:
            now = loop.time()
            connection = self._kept(now) or await self._opened(loop)
            answer = await self._asked(connection, body, now + self._timeout_s, loop)
        encoding = answer.headers.get("content-encoding")
        if encoding is None:
            return answer
        whole = unpacked(answer.body, encoding, self._check_size)
        return Answer(status=answer.status, headers=answer.headers, body=whole, first_byte=answer.first_byte)

    async def _asked(
        self, connection: Connection, body: bytes, deadline: float, loop: asyncio.AbstractEventLoop
    ) -> Answer:
        connection.deadline = deadline
        self._busy.add(connection)
        if self._timer is None:
            self._look_later(loop)
        waiting: asyncio.Future[Answer] = loop.create_future()
        try:
            connection.ask(b"%b%d\r\n\r\n%b" % (self._head, len(body), body), waiting)
            return await waiting
        finally:
            self._busy.discard(connection)
            if connection.is_free:
                connection.idle_since = loop.time()
                self._idle.append(connection)
            elif not waiting.done() or waiting.cancelled():
                connection.give_up()

    async def aclose(self) -> None:
        """Close every connection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for connection in (*self._idle, *self._busy):
            connection.give_up()
        self._idle.clear()
        await asyncio.sleep(0)  # sockets are closed by the loop's next round

    def _kept(self, now: float) -> Connection | None:
        """Return the connection that was used last, unless it was quiet for long; the others are older."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_free and now - connection.idle_since <= _IDLE_S:
                return connection
            connection.give_up()
        return None

    async def _opened(self, loop: asyncio.AbstractEventLoop) -> Connection:
        """Return a new connection.

        Raises:
            TransientError: Nobody answers there, or not in time.
            EndpointError: The certificate is not valid.
        """
        url, limit_s = self._url, min(CONNECT_TIMEOUT_S, self._timeout_s)
        if url.scheme == "https" and self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        try:
            async with asyncio.timeout(limit_s):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._max_bytes), url.raw_host or "", url.port or 0, ssl=self._tls
                )
        except TimeoutError:
            raise TransientError(f"no whole answer within {limit_s:g} s: no connection", slug="timeout") from None
        except ssl.SSLError:
            raise EndpointError("the endpoint's certificate is not valid", slug="tls", hint="see base_url") from None
        except OSError as error:
            raise TransientError(f"no connection: {error.strerror or error}", slug="unreachable") from None
        return connection

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > self._max_bytes:
            raise too_long(self._max_bytes)

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + min(LOOK_S, self._timeout_s / 4.0)
        self._timer = loop.call_at(due, self._look, loop, due)

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        """Give up what takes too long; the time for which this process stood still counts for nobody."""
        now = loop.time()
        late = now - due if now - due > STALL_S else 0.0
        for connection in tuple(self._busy):
            connection.deadline += late
            if now >= connection.deadline:
                words = f"no whole answer within {self._timeout_s:g} s"
                connection.give_up(TransientError(words, slug="timeout"))
        self._timer = None
        if self._busy:
            self._look_later(loop)


def _address(url: str) -> URL:
    try:
        address = URL(url)
    except ValueError:
        address = URL()
    if address.scheme not in {"http", "https"} or not address.raw_host or not address.port:
        raise EndpointError("base_url is no address", slug="address", hint="such as http://127.0.0.1:8000/v1")
    return address


def _head(url: URL, headers: Mapping[str, str]) -> bytes:
    """Return the head of every request, but for the number of bytes that ends it."""
    lines = [f"POST {url.raw_path_qs} HTTP/1.1", f"Host: {url.host_port_subcomponent}"]
    for name, value in {"Accept": "*/*", **headers}.items():
        if any(mark in f"{name}{value}" for mark in "\r\n\0"):
            raise EndpointError(f"the header {name!r} holds a line's end", slug="address", hint="see default headers")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "Content-Length: "]).encode()
