"""One connection: a request at a time, and its answer as httptools reads it."""

from __future__ import annotations

import asyncio
import math
import time
from types import MappingProxyType
from typing import cast

import httptools

from evalkit.backends.answer import Answer, too_long
from evalkit.errors import BackendError, TransientError

_HEAD_LIMIT = 65_536  # bytes of head, and of what stands between the pieces of a body
_LENIENT = {
    # What servers at the other end get wrong without doing harm; aiohttp forgives the same.
    "lenient_headers": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_spaces_after_chunk_size": True,
}
_EARLY = range(100, 200)  # statuses of hints that come before the answer


class Connection(asyncio.Protocol):
    """Sends the bytes of a request and gives its answer; what comes unasked ends it."""

    def __init__(self, max_bytes: int) -> None:
        """Begin unconnected.

        Args:
            max_bytes: Longest body, as it comes, in bytes.
        """
        self.deadline = math.inf
        """When the answer has to be whole, by the loop's clock, in seconds."""
        self.idle_since = 0.0
        """When the last answer was whole, by the loop's clock, in seconds."""
        self.is_free = False
        """Whether another request may be sent: it is open, and the last answer was read to its end."""
        self._max_bytes = max_bytes
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**_LENIENT)
        self._whole: Answer | None = None
        self._clear()

    def ask(self, request: bytes, waiting: asyncio.Future[Answer]) -> None:
        """Send a whole request; the future gets its answer, or why there is none."""
        self._clear()
        self.is_free, self._waiting = False, waiting
        if self._transport is None or self._transport.is_closing():
            self._fail(None)
            return
        self._transport.write(request)

    def give_up(self, error: BackendError | None = None) -> None:
        """Close at once, whatever is on its way; who waits gets the error."""
        self.is_free = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done() and error is not None:
            if isinstance(error, TransientError):
                error.raw = self._received()
            waiting.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport, self.is_free = cast("asyncio.Transport", transport), True  # uvloop's are no kin of it

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._waiting is None:  # a word nobody asked for, or one too many
            self.give_up()
            return
        self._n_received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            # Behind an answer, too: what follows it is the rest of a body whose length was told wrongly.
            self._fail(type(error).__name__)
            return
        if self._whole is not None:
            self._finish(self._whole)
        elif self._size > self._max_bytes:
            self.give_up(too_long(self._max_bytes))
        elif self._n_received - self._size > _HEAD_LIMIT + 8 * self._size:
            self._fail("a head without end")

    def connection_lost(self, exc: Exception | None) -> None:
        """End: an answer whose length nobody told is whole now, any other is lost."""
        self.is_free = False
        if self._waiting is None:
            return
        if exc is None and self._until_end:
            self._finish(self._answer())
        else:
            self._fail(None if exc is None else type(exc).__name__)

    def on_message_begin(self) -> None:
        """See whether another answer follows the one that was asked for."""
        self._reusable = self._whole is None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a line of the head."""
        if self._whole is None:
            self._headers[name.decode("utf-8", "surrogateescape").lower()] = value.decode("utf-8", "surrogateescape")

    def on_headers_complete(self) -> None:
        """Take the time at which the head was there."""
        if self._whole is None:
            self._first_byte = time.monotonic()
            self._status = self._parser.get_status_code()
            told = "content-length" in self._headers or "transfer-encoding" in self._headers
            self._until_end = not told and self._status not in _EARLY

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        if self._whole is None:
            self._pieces.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        """Make the answer whole, unless it was but a hint before it."""
        if self._whole is not None:
            return
        if self._status in _EARLY:
            self._headers.clear()
            return
        self._reusable = self._parser.should_keep_alive()
        self._whole = self._answer()

    def _clear(self) -> None:
        self._pieces: list[bytes] = []
        self._headers: dict[str, str] = {}
        self._size = self._n_received = self._status = 0
        self._first_byte = 0.0
        self._until_end = self._reusable = False
        self._whole = None

    def _answer(self) -> Answer:
        headers = MappingProxyType(self._headers)
        return Answer(status=self._status, headers=headers, body=self._received(), first_byte=self._first_byte)

    def _received(self) -> bytes:
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _finish(self, answer: Answer) -> None:
        waiting, self._waiting = self._waiting, None
        if self._transport is not None:
            self.is_free = self._reusable and not self._transport.is_closing()
            if not self.is_free:
                self._transport.close()
        if waiting is not None and not waiting.done():
            if len(answer.body) <= self._max_bytes:
                waiting.set_result(answer)
            else:
                waiting.set_exception(too_long(self._max_bytes))

    def _fail(self, why: str | None) -> None:
        self.give_up(TransientError(f"the connection was lost: {why or 'the server hung up'}", slug="connection"))
