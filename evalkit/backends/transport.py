"""The hot path: prebuilt bytes over kept connections, with a byte cap and without redirects."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from evalkit.backends.answer import Answer, Way
from evalkit.errors import EndpointError

WAYS = ("direct", "pooled")
"""How bodies may go: straight over sockets, where the extra ``speed`` is installed, or by aiohttp."""


class Transport:
    """Sends bodies to addresses; connections are kept and shared."""

    def __init__(
        self,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
        max_bytes: int,
        connections: int,
        way: str | None = None,
    ) -> None:
        """Keep the settings; connections are opened by the first request, inside its event loop.

        Args:
            headers: Sent with each request; the key is among them, so they are never shown.
            timeout_s: Longest wait for one whole answer, in seconds.
            max_bytes: Longest body, after unpacking, in bytes.
            connections: Most connections at once.
            way: One of `WAYS`; the first that can go when None. A proxy is always gone to by aiohttp.
        """
        # identity: a packed body of kilobytes can unpack to gigabytes.
        headers = {**headers, "Accept-Encoding": "identity", "Content-Type": "application/json"}
        self._settings: dict[str, Any] = {
            "headers": headers,
            "timeout_s": timeout_s,
            "max_bytes": max_bytes,
            "connections": connections,
        }
        self._way = way or ("direct" if can_go_direct() else "pooled")
        self._ways: dict[str, Way] = {}

    async def post(self, url: str, body: bytes) -> Answer:
        """Return the answer to a body.

        Raises:
            TransientError: No connection, a lost one, or no answer in time; holds the bytes that came.
            MalformedReplyError: The body is longer than the cap or can not be unpacked.
            EndpointError: The address is none, or its certificate is not valid.
        """
        way = self._ways.get(url)
        if way is None:
            way = self._ways[url] = self._way_to(url)
        return await way.post(body)

    async def aclose(self) -> None:
        """Close every connection."""
        for way in self._ways.values():
            await way.aclose()

    def _way_to(self, url: str) -> Way:
        proxy = proxy_of(url)
        if proxy is None and self._way == "direct":
            from evalkit.backends.direct import Direct

            return Direct(url, **self._settings)
        from evalkit.backends.pooled import Pooled

        return Pooled(url, proxy=proxy, **self._settings)


def can_go_direct() -> bool:
    """Return whether the reader of answers that the way over sockets takes is installed."""
    return importlib.util.find_spec("httptools") is not None


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
