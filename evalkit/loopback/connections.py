"""Connections of the embedded server: how many, how long, how large a head; refusals in the protocol's words."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from evalkit.loopback.wire import ProtocolError

HEAD_LIMIT = 64 * 1024
"""Bytes that request line and headers may have together."""
_LINGER_S = 2.0  # closed at once with bytes unread, a connection is reset, and the refusal may be lost on its way
_SILENCE = "Your request did not come in time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What clients may take up."""

    connections: int = 256
    """Connections at once; those above are told 503, and above twice as many are closed unheard."""
    head_s: float = 10.0
    """Seconds until request line and headers are whole, from the opening of the connection or their first byte."""
    pause_s: float = 10.0
    """Seconds between two pieces of a body."""
    body_s: float = 60.0
    """Seconds until a body is whole."""
    idle_s: float = 75.0
    """Seconds a connection is kept for a next request."""
    unread_s: float = 60.0
    """Seconds a reply waits for a client that does not read it."""


class Connection(H11Protocol):
    """HTTP/1.1 within limits, its connections known to the application so that a fault can reset one."""

    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_by: float | None = None
    _body_by: float | None = None
    _surplus = False
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to hear a client, or make ready to turn it away."""
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")[:2]
        state: Any = self.config.app.state  # type: ignore[union-attr]
        self._known: dict[tuple[str, int], Any] = state.connections
        self._limits: Limits = state.limits
        # Head and body are two writes: the second would wait 40 ms for the client to acknowledge the first.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._known[self._peer] = transport
        self._surplus = len(self.connections) > self._limits.connections
        if len(self.connections) > 2 * self._limits.connections:
            transport.abort()
            return
        self._head_by = self.loop.time() + (_LINGER_S if self._surplus else self._limits.head_s)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._known.pop(self._peer, None)
        for timer in (self._timer, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear what came, unless the connection is refused."""
        if self._refused:
            return
        if self._surplus:
            self._refuse(503, "Too many connections; please try again.", "too_many_connections")
            return
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for a next request."""
        self._head_by = None
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        error = sys.exc_info()[1]
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        self._refuse(status, msg, "invalid_http")

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._unread = self.loop.call_later(self._limits.unread_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        if self._unread is not None:
            self._unread.cancel()
        super().resume_writing()

    def shutdown(self) -> None:
        """End when what is under way has ended, at the end of the server."""
        if self._refused:
            self.transport.abort()
        else:
            super().shutdown()

    def _watch(self) -> None:
        """Set the time by which the client must have sent more, if more has to come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._refused or self.transport.is_closing():
            return
        now, theirs, due = self.loop.time(), self.conn.their_state, None
        if theirs is h11.IDLE:
            self._body_by = None
            if self._head_by is None and self.conn.trailing_data[0]:
                self._head_by = now + self._limits.head_s
            due = self._head_by
        elif theirs is h11.SEND_BODY:
            self._body_by = self._body_by or now + self._limits.body_s
            due = min(now + self._limits.pause_s, self._body_by)
        if due is not None:
            self._timer = self.loop.call_at(due, self._too_late)

    def _too_late(self) -> None:
        begun = self.conn.their_state is h11.SEND_BODY or bool(self.conn.trailing_data[0])
        if begun:
            self._refuse(408, _SILENCE, "request_timeout")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str, code: str) -> None:
        """Say why no further request is heard on this connection, and end it."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        replied = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        lingering = self.cycle is not None and self.cycle.response_complete and self.conn.our_state is h11.DONE
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if replied or lingering:  # two replies to one request would be taken for the reply to the next
            self.transport.abort()
            return
        kind = "server_error" if status == HTTPStatus.SERVICE_UNAVAILABLE else "invalid_request_error"
        body = json.dumps(ProtocolError(message, kind=kind, code=code).body).encode("ascii")
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *(("retry-after: 1",) if status == HTTPStatus.SERVICE_UNAVAILABLE else ()),
            "connection: close",
        )
        self.transport.write("\r\n".join((*lines, "", "")).encode("ascii") + body)
        self.transport.write_eof()
        self._watch()
        self._timer = self.loop.call_later(_LINGER_S, self.transport.abort)
