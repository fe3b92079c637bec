"""What a fault looks like on the wire."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from evalkit.loopback.faults import Fault
from evalkit.loopback.wire import ProtocolError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_HTML = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Please try again</h1></body></html>"
_DEEP = 100_000
_HOSTILE = (
    "left \ud800 nul \x00 bidi \u202egnirts\u202c escape \x1b[31mred\x1b[0m <script>alert(1)</script> =1+1 \ufeff "
)


def json_reply(value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON reply in ASCII, so that a lone surrogate in a name does no harm."""
    body = json.dumps(value, separators=(",", ":")).encode("ascii")
    return Response(body, status, headers, media_type="application/json")


def error_reply(error: ProtocolError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the reply to a request that is refused."""
    return json_reply(error.body, error.status, headers)


def instead(fault: Fault) -> Response | None:
    """Return what a fault sends in place of a reply, None where it needs one to spoil."""
    status = int(fault.value) if fault.name == "status" else 429
    plain = {
        "empty": Response(b"", media_type="application/json"),
        "html": Response(_HTML, media_type="text/html"),
        "not-utf8": Response(b'{"id": "\xff\xfe", "choices": []}', media_type="application/json"),
        "error-200": json_reply(ProtocolError("The engine is overloaded.", kind="server_error").body),
        "nested": Response(b"[" * _DEEP + b"]" * _DEEP, media_type="application/json"),
        "redirect": Response(b"", 307, {"location": _elsewhere(int(fault.value))}),
        "hang": Hang(fault.value, b""),
        "reset": Reset(),
    }
    refused = {
        "status": ProtocolError("The server had an error.", status=status, kind="server_error"),
        "retry-after": ProtocolError("Slow down.", status=429, kind="requests", code="rate_limit_exceeded"),
        "rate-limit": ProtocolError("Rate limit reached.", status=429, kind="requests", code="rate_limit_exceeded"),
        "quota": ProtocolError(
            "You exceeded your current quota.", status=429, kind="insufficient_quota", code="insufficient_quota"
        ),
        "auth": ProtocolError("Incorrect API key provided.", status=401, code="invalid_api_key"),
    }
    if fault.name in refused:
        headers = {"retry-after": f"{fault.value:g}"} if fault.name == "retry-after" else None
        return error_reply(refused[fault.name], headers)
    return plain.get(fault.name)


def spoil(fault: Fault, reply: dict[str, Any]) -> Response:
    """Return a proper reply, damaged."""
    if fault.name in _CHANGES:
        _CHANGES[fault.name](reply)
        return json_reply(reply)
    proper = json_reply(reply)
    body = bytes(proper.body)
    size = int(fault.value)
    damages: dict[str, Callable[[], Response]] = {
        "truncated": lambda: Response(body[: len(body) // 2], media_type="application/json"),
        "hang-up": lambda: HangUp(body),
        "hang-body": lambda: Hang(fault.value, body),
        "not-a-number": lambda: Response(_with_nan(reply), media_type="application/json"),
        "text-plain": lambda: Response(body, media_type="text/plain"),
        "huge": lambda: json_reply(_with_content(reply, "word " * (size // 5))),
        "bomb": lambda: _compressed(b" " * size),
    }
    return damages[fault.name]() if fault.name in damages else proper


class Reset(Response):
    """No reply: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset the connection, or close it in the middle where this server does not own it."""
        transport = scope["app"].state.connections.get(tuple(scope["client"] or ()))
        if transport is None:
            await HangUp(b"{}")(scope, receive, send)
            return
        linger_not = struct.pack("ii", 1, 0)  # closing then sends RST, not FIN
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass  # what is left of the request, then word that the connection is gone


class HangUp(Response):
    """Half of a body, then the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the protocol's signature
        """Send the head and half the body, and return as if that were all."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


class Hang(Response):
    """Half of a body, if there is any, then silence, then the connection is closed."""

    def __init__(self, seconds: float, body: bytes) -> None:
        """Keep how long it is silent."""
        super().__init__(body, media_type="application/json")
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be silent until the time is over or the client has gone."""
        if self.body:
            await HangUp(bytes(self.body))(scope, receive, send)
        gone = asyncio.create_task(_gone(receive))
        await asyncio.wait([gone], timeout=self._seconds)
        gone.cancel()
        if not self.body:
            await HangUp(b"{}")(scope, receive, send)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _elsewhere(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1/chat/completions" if port else "/v1/elsewhere"


def _with_nan(reply: dict[str, Any]) -> bytes:
    return json.dumps({**reply, "created": float("nan")}).encode("ascii")


def _compressed(body: bytes) -> Response:
    packed = gzip.compress(body, compresslevel=1)
    return Response(packed, headers={"content-encoding": "gzip"}, media_type="application/json")


def _with_content(reply: dict[str, Any], content: str) -> dict[str, Any]:
    _say(reply, content)
    return reply


def _say(reply: dict[str, Any], content: str | None, finish_reason: str | None = None) -> None:
    for choice in reply["choices"]:
        choice["message"]["content"] = content
        choice["finish_reason"] = finish_reason or choice["finish_reason"]


def _each(reply: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> None:
    for choice in reply["choices"]:
        change(choice)


def _hostile(choice: dict[str, Any]) -> str:
    return _HOSTILE + str(choice["message"]["content"])


def _halve(reply: dict[str, Any], finish_reason: str) -> None:
    words = reply["choices"][0]["message"]["content"].split(" ")
    _say(reply, " ".join(words[: len(words) // 2]), finish_reason)


def _refuse(reply: dict[str, Any]) -> None:
    _say(reply, None)
    for choice in reply["choices"]:
        choice["message"]["refusal"] = "I can not help with that."


_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "no-choices": lambda reply: reply.update(choices=[]),
    "string-choices": lambda reply: reply.update(choices="none today"),
    "extra-choice": lambda reply: reply["choices"].append(reply["choices"][-1]),
    "lost-choice": lambda reply: reply.update(choices=reply["choices"][:-1] or reply["choices"]),
    "no-usage": lambda reply: reply.pop("usage"),
    "null-usage": lambda reply: reply.update(usage=dict.fromkeys(reply["usage"])),
    "other-model": lambda reply: reply.update(model="another-model"),
    "odd-reason": lambda reply: _each(reply, lambda choice: choice.update(finish_reason="elsewhere")),
    "null-content": lambda reply: _say(reply, None),
    "empty-text": lambda reply: _say(reply, ""),
    "refusal": _refuse,
    "content-filter": lambda reply: _halve(reply, "content_filter"),
    "length": lambda reply: _halve(reply, "length"),
    "hostile": lambda reply: _each(reply, lambda choice: choice["message"].update(content=_hostile(choice))),
}
