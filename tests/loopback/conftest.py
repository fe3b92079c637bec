"""Fixtures of the embedded endpoint: servers, and a client that sees raw replies."""

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from evalkit.loopback.server import Server

TOMATO = [{"role": "user", "content": "How to pick a good tomato?"}]


@dataclass(frozen=True)
class Raw:
    """A reply as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The events of a stream; the final one as text."""
        lines = [line[6:] for line in self.body.decode().split("\n\n") if line.startswith("data: ")]
        return [line if line == "[DONE]" else json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def send() -> Callable[..., Raw]:
    """Return a sender of one request to a server."""

    def to(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> Raw:
        address = server.url.removeprefix("http://").removesuffix("/v1")
        connection = http.client.HTTPConnection(address, timeout=10)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"content-type": "application/json", **named})
            reply = connection.getresponse()
            return Raw(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())

    return to


@pytest.fixture(scope="session")
def chat(send: Callable[..., Raw]) -> Callable[..., Raw]:
    """Return an asker for chat completions about tomatoes, unless told otherwise."""

    def ask(server: Server, **fields: object) -> Raw:
        asked = {"model": "storyteller-small", "messages": TOMATO, **fields}
        body = json.dumps({name: value for name, value in asked.items() if value != "leave out"}).encode()
        return send(server, "POST", "/v1/chat/completions", body)

    return ask


@pytest.fixture(scope="module")
def calm() -> Iterator[Server]:
    """Yield a server where nothing goes wrong."""
    with Server(seed=7) as server:
        yield server
