"""The endpoint as an ASGI application: who may ask, what is asked, what is answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from evalkit.loopback.faults import Fault, Faults
from evalkit.loopback.repertoire import law_for
from evalkit.loopback.replies import Completion, embeddings, finish, models, pieces, whole
from evalkit.loopback.spoiling import HangUp, error_reply, instead, json_reply, spoil
from evalkit.loopback.wire import Asked, ProtocolError, decode, read_request, texts_to_embed

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 4 * 2**20
"""Bytes a request's body may have."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Names a request may call this server by."""


@dataclass(frozen=True, slots=True)
class Served:
    """One request that was served or refused."""

    method: str
    """HTTP method."""
    path: str
    """Path of the address."""
    fields: Mapping[str, Any] | None
    """The JSON object asked with; None when none was read."""
    status: int
    """Status of the reply; 0 when the connection was reset instead."""
    fault: str | None
    """Name of the fault it met."""


class Journal(Sequence[Served]):
    """Every request in the order of its reply; may be read from any thread."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: list[Served] = []

    def append(self, served: Served) -> None:
        """Add a request."""
        self._entries.append(served)

    @overload
    def __getitem__(self, index: int) -> Served: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Served]: ...
    def __getitem__(self, index: int | slice) -> Served | Sequence[Served]:
        """Return a request, or a copy of some."""
        return self._entries[index]

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Served]:
        """Yield the requests there are now."""
        return iter(self._entries[:])


def application(
    *,
    key: str | None = None,
    seed: int | None = None,
    latency_s: float = 0.0,
    faults: Faults | None = None,
    journal: Journal | None = None,
    any_host: bool = False,
) -> Starlette:
    """Return the endpoint as an ASGI application.

    Args:
        key: What the Authorization header must bear; None for no check.
        seed: Makes the answers to a number of equal requests the same every time, whatever
            the order in which different requests arrive; None for fresh ones.
        latency_s: Seconds each completion takes at least.
        faults: What goes wrong; None for nothing.
        journal: Where requests are noted; None for nowhere.
        any_host: Whether a request may call the server by any name.
    """
    endpoint = _Endpoint(seed, latency_s, faults or Faults())
    routes = [
        Route("/v1/chat/completions", endpoint.complete, methods=["POST"]),
        Route("/v1/embeddings", endpoint.embed, methods=["POST"]),
        Route("/v1/models", endpoint.list_models, methods=["GET"]),
    ]
    guard = Middleware(_Guard, key=key, journal=journal if journal is not None else Journal(), any_host=any_host)
    app = Starlette(
        routes=routes,
        middleware=[guard],
        exception_handlers={ProtocolError: _refused, HTTPException: _no_such_thing, 500: _broken},
    )
    app.state.connections = {}
    return app


class _Endpoint:
    """Answers requests; keeps how often each was asked, so that equal requests differ."""

    def __init__(self, seed: int | None, latency_s: float, faults: Faults) -> None:
        self._seed = secrets.randbits(64) if seed is None else seed
        self._latency_s = latency_s
        self._faults = faults
        self._asked_before: Counter[str] = Counter()
        self._started = int(time.time())

    async def complete(self, request: Request) -> Response:
        fields = await _fields(request)
        asked = read_request(fields)
        fault = self._faults.take()
        request.state.fault = fault.name if fault else None
        await asyncio.sleep(self._latency_s + (fault.value if fault and fault.name == "slow" else 0.0))
        reply = instead(fault) if fault else None
        if reply is not None:
            return reply
        completion = self._completion(asked, fields)
        if asked.stream and (fault is None or fault.name in {"slow", "truncated", "hang-up"}):
            return _stream(completion, fault)
        return spoil(fault, whole(completion)) if fault else json_reply(whole(completion))

    async def embed(self, request: Request) -> Response:
        fields = await _fields(request)
        texts = texts_to_embed(fields)
        fault = self._faults.take()
        request.state.fault = fault.name if fault else None
        await asyncio.sleep(fault.value if fault and fault.name == "slow" else 0.0)
        reply = instead(fault) if fault else None
        if reply is not None:
            return reply
        found = embeddings(texts, str(fields["model"]), fields.get("encoding_format"))
        # Other faults are about completions, of which there are none here.
        return spoil(fault, found) if fault and fault.name in {"truncated", "hang-up"} else json_reply(found)

    async def list_models(self, request: Request) -> Response:  # noqa: ARG002 - the framework's signature
        return json_reply(models(self._started))

    def _completion(self, asked: Asked, fields: Mapping[str, Any]) -> Completion:
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
        self._asked_before[digest] += 1
        occasion = f"{self._seed}:{digest}:{self._asked_before[digest]}"
        source = occasion if asked.seed is None else asked.identity
        law = law_for(asked.messages, asked.temperature, asked.top_p)
        answers = [
            law.answer(random.Random(f"{source}:{index}").random, asked.max_tokens)  # noqa: S311 - repeatable on purpose
            for index in range(asked.n)
        ]
        return Completion(
            asked=asked,
            choices=tuple(finish(answer, asked.stop) for answer in answers),
            reply_id="chatcmpl-" + hashlib.sha256(occasion.encode()).hexdigest()[:24],
            created=int(time.time()),
        )


class _Guard:
    """Lets in who may ask, and notes every request."""

    def __init__(self, app: ASGIApp, *, key: str | None, journal: Journal, any_host: bool) -> None:
        self._app = app
        self._key = key
        self._journal = journal
        self._any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state.update(fields=None, fault=None)
        noted = False

        def note(status: int) -> None:
            nonlocal noted
            noted = True
            served = Served(scope["method"], scope["path"], state["fields"], status, state["fault"])
            self._journal.append(served)

        async def noting(message: Message) -> None:
            # Noted before it is sent, so that who has the reply finds the request here.
            if message["type"] == "http.response.start":
                note(message["status"])
            await send(message)

        try:
            self._admit(Request(scope))
        except ProtocolError as error:
            await error_reply(error)(scope, receive, noting)
        else:
            await self._app(scope, receive, noting)
            if not noted:
                note(0)

    def _admit(self, request: Request) -> None:
        host = request.headers.get("host", "")
        port = (request.scope.get("server") or ("", 0))[1]
        if not self._any_host and host.lower() not in {f"{name}:{port}" for name in LOOPBACK_NAMES}:
            raise ProtocolError("This server answers to its loopback address only.", status=403, code="host_refused")
        origin = request.headers.get("origin")
        if origin is not None and origin.lower() != f"{request.url.scheme}://{host}".lower():
            raise ProtocolError("This server does not answer other origins.", status=403, code="origin_refused")
        if self._key is not None:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogatepass")
            if not hmac.compare_digest(given, f"Bearer {self._key}".encode("utf-8", "surrogatepass")):
                raise ProtocolError("Incorrect API key provided.", status=401, code="invalid_api_key")


async def _fields(request: Request) -> Mapping[str, Any]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProtocolError("The content type must be application/json.", status=415, code="unsupported_media_type")
    too_large = ProtocolError(f"The body exceeds {BODY_LIMIT} bytes.", status=413, code="request_too_large")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > BODY_LIMIT:
        raise too_large
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise too_large
    fields = decode(bytes(body))
    request.state.fields = fields
    return fields


def _stream(completion: Completion, fault: Fault | None) -> Response:
    events = list(pieces(completion))
    if fault is not None and fault.name != "slow":
        events = events[: len(events) // 2]
        if fault.name == "hang-up":
            return HangUp(b"".join(events) * 2, media_type="text/event-stream")

    async def one_by_one() -> AsyncIterator[bytes]:
        for event in events:
            yield event
            await asyncio.sleep(0)

    return StreamingResponse(one_by_one(), media_type="text/event-stream", headers={"cache-control": "no-cache"})


async def _refused(request: Request, error: Exception) -> Response:
    return error_reply(error) if isinstance(error, ProtocolError) else await _broken(request, error)


async def _no_such_thing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = f"Invalid URL ({request.method} {request.url.path})"
    return error_reply(ProtocolError(message, status=status, code="unknown_url"))


async def _broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's signature
    return error_reply(ProtocolError("The server had an error.", status=500, kind="server_error"))
