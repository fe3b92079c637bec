"""The hot path: prebuilt bytes over one pooled session, with a byte cap and without redirects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from evalkit.backends.patience import Patience
from evalkit.backends.unpacking import unpacked
from evalkit.errors import EndpointError, MalformedReplyError, TransientError

CONNECT_TIMEOUT_S = 10.0
"""Longest wait for a connection, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, whole."""

    status: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Headers, names in lower case."""
    body: bytes
    """The body, unpacked."""
    first_byte: float
    """Monotonic time at which the headers had come, in seconds."""


class Transport:
    """Sends bodies to one address; connections are kept and shared."""

    def __init__(self, headers: Mapping[str, str], *, timeout_s: float, max_bytes: int, connections: int) -> None:
        """Keep the settings; the session is opened by the first request, inside its event loop.

        Args:
            headers: Sent with each request; the key is among them, so they are never shown.
            timeout_s: Longest wait for one whole answer, in seconds.
            max_bytes: Longest body, after unpacking, in bytes.
            connections: Most connections at once.
        """
        # identity: a packed body of kilobytes can unpack to gigabytes.
        self._headers = {**headers, "Accept-Encoding": "identity", "Content-Type": "application/json"}
        self._patience = Patience(timeout_s)
        self._max_bytes = max_bytes
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    async def post(self, url: str, body: bytes) -> Answer:
        """Return the answer to a body.

        Raises:
            TransientError: No connection, a lost one, or no answer in time; holds the bytes that came.
            MalformedReplyError: The body is longer than the cap or can not be unpacked.
            EndpointError: The address is none, or its certificate is not valid.
        """
        received = bytearray()
        try:
            async with (
                self._patience.waiting(),
                self._open().post(
                    url, data=body, headers=self._headers, allow_redirects=False, proxy=self._proxy(url)
                ) as response,
            ):
                first_byte = time.monotonic()
                async for chunk in response.content.iter_any():
                    received += chunk
                    self._check_size(len(received))
                headers = {name.lower(): value for name, value in response.headers.items()}
                whole = unpacked(bytes(received), headers.get("content-encoding", ""), self._check_size)
                return Answer(
                    status=response.status, headers=MappingProxyType(headers), body=whole, first_byte=first_byte
                )
        except TimeoutError:
            raise TransientError(
                f"no whole answer within {self._patience.limit_s:g} s", slug="timeout", raw=bytes(received)
            ) from None
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
            raise EndpointError("the endpoint's certificate is not valid", slug="tls", hint="see base_url") from None
        except aiohttp.InvalidURL:
            raise EndpointError(
                "base_url is no address", slug="address", hint="such as http://127.0.0.1:8000/v1"
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise TransientError(f"no connection: {_reason(error)}", slug="unreachable") from None
        except (aiohttp.ClientError, OSError) as error:
            raise TransientError(
                f"the connection was lost: {type(error).__name__}", slug="connection", raw=bytes(received)
            ) from None

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),  # a server's state must not tie draws together
            )
        return self._session

    def _proxy(self, url: str) -> str | None:
        if url not in self._proxies:
            self._proxies[url] = proxy_of(url)
        return self._proxies[url]

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > self._max_bytes:
            raise MalformedReplyError(f"the answer is longer than {self._max_bytes:,} bytes", slug="too-long")


def proxy_of(url: str) -> str | None:
    """Return the proxy that the environment names for an address, as the client itself honours it; None for none.

    Asked for here, once for an address: aiohttp would ask a thread twice for each request, and take a password from
    ``.netrc`` in place of the key.

    Raises:
        EndpointError: The proxy speaks another protocol than HTTP.
    """
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc):
        return None
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all") or ""
    proxy = proxy if "://" in proxy or not proxy else f"http://{proxy}"
    if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
        raise EndpointError(
            f"the environment names a proxy for {parts.scheme} that is not http", slug="address", hint="see NO_PROXY"
        )
    return proxy or None


def _reason(error: aiohttp.ClientConnectorError) -> str:
    # The class's own text repeats the whole address; the system's words suffice.
    return str(error.os_error.strerror or error.os_error)
