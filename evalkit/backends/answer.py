"""One HTTP answer, whole, whichever way it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from evalkit.errors import MalformedReplyError

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


class Way(Protocol):
    """A way to send bodies to one address and to get answers."""

    async def post(self, body: bytes) -> Answer:
        """Return the answer to a body, or raise one of the kinds of BackendError."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


def too_long(most: int) -> MalformedReplyError:
    """Return what is said of a body that is longer than the cap."""
    return MalformedReplyError(f"the answer is longer than {most:,} bytes", slug="too-long")
