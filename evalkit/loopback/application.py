"""The endpoint as an ASGI application: who may ask, what is asked, what is answered."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route

from evalkit.loopback.batches import URL, Desk
from evalkit.loopback.connections import HEAD_LIMIT, Limits
from evalkit.loopback.endpoint import BODY_LIMIT, Endpoint
from evalkit.loopback.faults import Faults
from evalkit.loopback.habits import habits_of
from evalkit.loopback.habitual import HabitualEndpoint
from evalkit.loopback.openapi import description
from evalkit.loopback.spoiling import error_reply, json_reply
from evalkit.loopback.wire import ProtocolError

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BODY_LIMIT", "Journal", "Served", "application"]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Names a request may call this server by."""
_HTTP_PORT = 80  # the one that clients leave out of a Host header
_AROUND = len(b": \r\n")  # what stands around name and value of a header
_SHOWN = 200  # letters of a path that an error repeats


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
        self._closed = False

    def close(self) -> None:
        """Take no further request in: who serves for days has no room for all."""
        self._closed = True

    def append(self, served: Served) -> None:
        """Add a request."""
        if not self._closed:
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
    habits: Iterable[str] = (),
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
        habits: How it misbehaves in sampling, by names of `evalkit.loopback.habits`.

    Raises:
        ValueError: There is no such habit.
    """
    has = habits_of(habits)
    wire = faults or Faults()
    endpoint = HabitualEndpoint(seed, latency_s, wire, has) if has else Endpoint(seed, latency_s, wire)
    noted = journal if journal is not None else Journal()

    def note(fields: Mapping[str, Any] | None, status: int, fault: str | None) -> None:
        noted.append(Served("POST", URL, fields, status, fault))

    desk = Desk(endpoint.complete, note)
    guard = Middleware(_Guard, key=key, journal=noted, any_host=any_host)
    app = Starlette(
        routes=_routes(endpoint, desk, keyed=key is not None),
        middleware=[guard],
        exception_handlers={
            ProtocolError: _refused,
            HTTPException: _no_such_thing,
            RecursionError: _too_deep,
            500: _broken,
        },
    )
    app.router.redirect_slashes = False
    app.state.connections = {}
    app.state.limits = Limits()
    app.state.batches = desk
    return app


def _routes(endpoint: Endpoint, desk: Desk, *, keyed: bool) -> list[Route]:
    return [
        Route(URL, endpoint.complete, methods=["POST"]),
        Route("/v1/embeddings", endpoint.embed, methods=["POST"]),
        Route("/v1/models", endpoint.list_models, methods=["GET"]),
        Route("/v1/files", desk.upload, methods=["POST"]),
        Route("/v1/files/{file_id}", desk.tell_file, methods=["GET"]),
        Route("/v1/files/{file_id}/content", desk.content, methods=["GET"]),
        Route("/v1/batches", desk.batches, methods=["GET", "POST"]),
        Route("/v1/batches/{batch_id}", desk.tell_batch, methods=["GET"]),
        Route("/v1/batches/{batch_id}/cancel", desk.cancel, methods=["POST"]),
        Route("/openapi.json", _describing(keyed=keyed), methods=["GET"]),
    ]


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
        # What comes in one piece is parsed before its length is looked at.
        lines = (len(name) + len(value) + _AROUND for name, value in request.headers.raw)
        if sum(lines) + len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"]) > HEAD_LIMIT:
            raise ProtocolError(f"The headers exceed {HEAD_LIMIT} bytes.", status=431, code="headers_too_large")
        host = request.headers.get("host", "").lower()
        port = (request.scope.get("server") or ("", 0))[1]
        if not self._any_host and host not in {f"{name}{end}" for name in LOOPBACK_NAMES for end in _ports(port)}:
            raise ProtocolError("This server answers to its loopback address only.", status=403, code="host_refused")
        own = f"{request.scope['scheme']}://{host}"
        if any(origin.lower() != own for origin in request.headers.getlist("origin")):
            raise ProtocolError("This server does not answer other origins.", status=403, code="origin_refused")
        if self._key is not None:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogatepass")
            if not hmac.compare_digest(given, f"Bearer {self._key}".encode("utf-8", "surrogatepass")):
                raise ProtocolError("Incorrect API key provided.", status=401, code="invalid_api_key")


def _ports(port: int) -> tuple[str, ...]:
    return (f":{port}", "") if port == _HTTP_PORT else (f":{port}",)


def _describing(*, keyed: bool) -> Callable[[Request], Awaitable[Response]]:
    async def describe(request: Request) -> Response:  # noqa: ARG001 - the framework's signature
        return json_reply(description(keyed=keyed))

    return describe


async def _refused(request: Request, error: Exception) -> Response:
    return error_reply(error) if isinstance(error, ProtocolError) else await _broken(request, error)


async def _no_such_thing(request: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    message = f"Invalid URL ({request.method} {request.url.path[:_SHOWN]})"
    return error_reply(ProtocolError(message, status=status, code="unknown_url"), headers)


async def _too_deep(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's signature
    return error_reply(ProtocolError("The JSON body of your request is nested too deeply."))


async def _broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's signature
    return error_reply(ProtocolError("The server had an error.", status=500, kind="server_error"))
