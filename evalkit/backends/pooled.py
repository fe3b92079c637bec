"""The way by aiohttp: it knows proxies, and needs nothing else to be installed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType

import aiohttp

from evalkit.backends.answer import CONNECT_TIMEOUT_S, Answer, too_long
from evalkit.backends.patience import Patience
from evalkit.backends.unpacking import unpacked
from evalkit.errors import EndpointError, TransientError


class Pooled:
    """Sends bodies to one address through one session of aiohttp."""

    def __init__(
        self,
        url: str,
        *,
        proxy: str | None,
        headers: Mapping[str, str],
        timeout_s: float,
        max_bytes: int,
        connections: int,
    ) -> None:
        """Keep the settings; the session is opened by the first request, inside its event loop.

        Args:
            url: Where bodies go.
            proxy: Through what; None for nothing.
            headers: Sent with each request.
            timeout_s: Longest wait for one whole answer, in seconds.
            max_bytes: Longest body, after unpacking, in bytes.
            connections: Most connections at once.
        """
        self._url = url
        self._proxy = proxy
        self._headers = headers
        self._patience = Patience(timeout_s)
        self._max_bytes = max_bytes
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes) -> Answer:
        """Return the answer to a body; see `Transport.post`."""
        received = bytearray()
        try:
            async with (
                self._patience.waiting(),
                self._open().post(
                    self._url, data=body, headers=self._headers, allow_redirects=False, proxy=self._proxy
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

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > self._max_bytes:
            raise too_long(self._max_bytes)


def _reason(error: aiohttp.ClientConnectorError) -> str:
    # The class's own text repeats the whole address; the system's words suffice.
    return str(error.os_error.strerror or error.os_error)
