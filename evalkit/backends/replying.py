"""Bytes under a status that says success, as a reply: whole or streamed, and whatever else a server may send."""

from __future__ import annotations

from evalkit.backends.stream import read_stream
from evalkit.backends.wire import read_answer
from evalkit.errors import BackendError, MalformedReplyError
from evalkit.nouns import Reply


def reply_of(raw: bytes, status: int, first_byte: float | None, *, streamed: bool) -> Reply:
    """Return what an answer holds; some servers stream unasked, and some do not when asked.

    Args:
        raw: The body as it came.
        status: HTTP status, one of success.
        first_byte: Monotonic time of the first byte, in seconds; None when not seen.
        streamed: Whether a stream was asked for.

    Raises:
        MalformedReplyError: It holds no completion.
        TransientError: A stream ended in an error of the server's.
    """
    start = raw[:64].lstrip()
    events = not start.startswith(b"{") if streamed else start.startswith((b"data:", b"event:", b":"))
    try:
        return (read_stream if events else read_answer)(raw, status=status, first_byte=first_byte)
    except BackendError as error:
        error.status = status
        raise
    except Exception as error:  # noqa: BLE001 - a shape that nobody thought of must not cost what was paid for
        raise MalformedReplyError(
            f"the endpoint sent what can not be read: {type(error).__name__}",
            slug="wrong-shape",
            status=status,
            raw=raw,
        ) from None
