"""The endpoint as a server: in the background for a while, or in the foreground until stopped."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType, TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from evalkit.loopback.application import Journal, Served, application
from evalkit.loopback.faults import Faults

__all__ = ["Journal", "Served", "Server", "application", "serve_forever"]

_BACKLOG = 2048
_HEADER_LIMIT = 64 * 1024
_START_WITHIN_S = 10.0


class Server:
    """The endpoint in a background thread, for the length of a ``with`` block."""

    def __init__(
        self,
        port: int = 0,
        key: str | None = None,
        seed: int | None = None,
        latency_s: float = 0.0,
        faults: Faults | None = None,
        *,
        host: str = "127.0.0.1",
        habits: Iterable[str] = (),
    ) -> None:
        """Set up a server; it listens once entered.

        Args:
            port: Where to listen; 0 for any free port.
            key: What requests must bear; None for no check.
            seed: Makes the answers to a number of equal requests the same every time; None
                for fresh ones.
            latency_s: Seconds each completion takes at least.
            faults: What goes wrong; None for nothing.
            host: Address to listen on.
            habits: How it misbehaves in sampling, such as ``ignored`` or ``rescaled:0.3``, by names of
                `evalkit.loopback.habits`.

        Raises:
            ValueError: Others could reach the address, and no key is set; or there is no such habit.
        """
        self._local = _is_loopback(host)
        if not self._local and not key:
            raise ValueError(f"{host} can be reached by others: that needs a key")
        self.journal = Journal()
        """Every request, in the order of its reply."""
        self._address = (host, port)
        self.app = application(
            key=key,
            seed=seed,
            latency_s=latency_s,
            faults=faults,
            journal=self.journal,
            any_host=not self._local,
            habits=habits,
        )
        """What answers; a middleware of one's own may be put around it before it serves."""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Base address for clients, such as ``http://127.0.0.1:8081/v1``."""
        host, port = self._address
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"

    @property
    def alive(self) -> bool:
        """Whether it serves."""
        return self._thread is not None and self._thread.is_alive()

    def __enter__(self) -> Self:
        """Listen and serve.

        Raises:
            OSError: The address is in use or not there.
        """
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self._address = (host, listener.getsockname()[1])
        self._server = uvicorn.Server(_config(self.app))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="evalkit-loopback", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _START_WITHIN_S
        while not self._server.started and self.alive and time.monotonic() < deadline:
            time.sleep(0.002)
        if not self._server.started:
            self.__exit__(None, None, None)
            listener.close()
            raise OSError("the embedded server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, giving requests under way a second to end."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_START_WITHIN_S)


def serve_forever(  # noqa: PLR0913 - each but one is a keyword with a default
    *,
    port: int = 0,
    key: str | None = None,
    seed: int | None = None,
    latency_s: float = 0.0,
    faults: Faults | None = None,
    host: str = "127.0.0.1",
    habits: Iterable[str] = (),
    announce: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; for the main thread.

    Args:
        port: Where to listen; 0 for any free port.
        key: What requests must bear; None for no check.
        seed: As for `Server`.
        latency_s: Seconds each completion takes at least.
        faults: What goes wrong; None for nothing.
        host: Address to listen on; one that others can reach needs a key.
        habits: As for `Server`.
        announce: Is told the base address once it serves.

    Raises:
        OSError: The address is in use or not there.
        ValueError: Others could reach the address, and no key is set; or there is no such habit.
    """
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of handlers
        stop.set()

    server = Server(port, key, seed, latency_s, faults, host=host, habits=habits)
    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with server:
            announce(server.url)
            while server.alive and not stop.wait(1.0):
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Protocol(H11Protocol):
    """HTTP/1.1, its connections known to the application so that a fault can reset one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")[:2]
        # Head and body are two writes: the second would wait 40 ms for the client to acknowledge the first.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections()[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections().pop(self._peer, None)
        super().connection_lost(exc)

    def _connections(self) -> dict[tuple[str, int], Any]:
        app: Any = self.config.app
        connections: dict[tuple[str, int], Any] = app.state.connections
        return connections


def _config(app: Any) -> uvicorn.Config:  # noqa: ANN401 - an ASGI application
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=_Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_HEADER_LIMIT,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
