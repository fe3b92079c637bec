"""The endpoint as a server: in the background for a while, or in the foreground until stopped."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType, TracebackType
from typing import Any, Self

import uvicorn

from evalkit.loopback.application import Journal, Served, application
from evalkit.loopback.connections import HEAD_LIMIT, Connection, Limits
from evalkit.loopback.faults import Faults

__all__ = ["Journal", "Limits", "Served", "Server", "application", "serve_forever"]

_OWN = ("127.0.0.1", "::1", "localhost")
_BACKLOG = 2048
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

        What clients may take up is in `app.state.limits`, `Limits` of one's own before it is entered.

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
        self._local = host in _OWN
        if not self._local and not key:
            raise ValueError(
                f"{host or 'every address'} is not this machine's own: others may reach it, so it needs a key"
            )
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
            OSError: The address is in use or not there, or one of this machine's own names means another.
        """
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        bound = listener.getsockname()
        if self._local and not ipaddress.ip_address(bound[0]).is_loopback:
            listener.close()
            raise OSError(errno.EADDRNOTAVAIL, f"{host} is {bound[0]} here, which others may reach")
        self._address = (host, bound[1])
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
    """Serve until SIGINT or SIGTERM, or the end of the process that began this one; for the main thread.

    The process that began this one may end where SIGHUP is ignored, as under ``nohup``, or SIGINT, as for what a
    script puts into the background with ``&``: both say that this one is to stay.

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
    begun_by = None if _stays() else os.getppid()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of handlers
        stop.set()

    server = Server(port, key, seed, latency_s, faults, host=host, habits=habits)
    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.journal.close()
        with server:
            announce(server.url)
            while server.alive and not stop.wait(1.0) and begun_by in {None, os.getppid()}:
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _config(app: Any) -> uvicorn.Config:  # noqa: ANN401 - an ASGI application
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=app.state.limits.idle_s,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=HEAD_LIMIT,
    )


def _stays() -> bool:
    """Return whether this process is meant to outlive the one that began it."""
    told = (getattr(signal, name, None) for name in ("SIGHUP", "SIGINT"))
    return any(number is None or signal.getsignal(number) is signal.SIG_IGN for number in told)
