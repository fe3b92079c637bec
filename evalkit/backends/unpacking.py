"""Bodies that were packed though nobody asked for it: counted before they are held."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from evalkit.errors import MalformedReplyError

_PIECE = 2**16  # bytes of a packed body that are unpacked at once, and most bytes that come of them


def unpacked(body: bytes, encoding: str, check_size: Callable[[int], None]) -> bytes:
    """Return a body as its header says that it was packed.

    Args:
        body: As it came.
        encoding: ``gzip``, ``deflate`` or ``identity``; empty for none.
        check_size: Called with a number of unpacked bytes; raises where they are too many. What is packed to burst is
            never held, not even that far.

    Raises:
        MalformedReplyError: It is packed in another way, or broken; or what `check_size` raises.
    """
    encoding = encoding.strip().lower().removeprefix("x-")
    if encoding in {"identity", ""}:
        return body
    if encoding not in {"gzip", "deflate"}:
        raise MalformedReplyError(f"the answer is packed as {encoding!r}", slug="packed", raw=body)
    wbits = 47 if encoding == "gzip" else 15
    try:
        size = 0
        for piece in _pieces(body, wbits):
            size += len(piece)
            check_size(size)
        return b"".join(_pieces(body, wbits))
    except zlib.error:
        raise MalformedReplyError("the packed answer is broken", slug="packed", raw=body) from None


def _pieces(body: bytes, wbits: int) -> Iterator[bytes]:
    """Yield what is packed into a body, in pieces of bounded size."""
    unpacker = zlib.decompressobj(wbits=wbits)
    for at in range(0, len(body), _PIECE):
        rest = body[at : at + _PIECE]
        while rest:
            yield unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
    yield unpacker.flush()
