"""Bodies that were packed though nobody asked for it: exact up to the cap, never held beyond it."""

import gzip
import tracemalloc
import zlib

import pytest

from evalkit.backends.transport import Transport
from evalkit.errors import MalformedReplyError

CAP = 2**22


@pytest.fixture
def transport():
    """Return a transport with a cap of 4 MiB, which is never used to send."""
    return Transport(headers={}, timeout_s=1.0, max_bytes=CAP, connections=1)


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 999, b"a" * (2**16), b"a" * CAP, b"ab" * (2**16 + 1)])
@pytest.mark.parametrize(
    ("pack", "name"), [(gzip.compress, "gzip"), (gzip.compress, "X-GZIP"), (zlib.compress, "deflate")]
)
def test_what_was_packed_comes_out(transport, body, pack, name):
    """Every byte, whatever the size of the pieces."""
    assert transport._unpack(pack(body), name) == body


def test_a_bomb_is_refused_without_being_held(transport):
    """A body that unpacks to 64 times the cap costs less than a megabyte."""
    bomb = gzip.compress(b" " * (64 * CAP))
    tracemalloc.start()
    try:
        with pytest.raises(MalformedReplyError, match="longer than") as caught:
            transport._unpack(bomb, "gzip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.slug == "too-long"
    assert most < 2**20


@pytest.mark.parametrize(("body", "name"), [(b"no gzip at all", "gzip"), (b"\x1f\x8b", "br"), (b"x", "deflate")])
def test_what_can_not_be_unpacked_is_kept_as_it_came(transport, body, name):
    """The bytes were paid for."""
    with pytest.raises(MalformedReplyError) as caught:
        transport._unpack(body, name)
    assert (caught.value.slug, caught.value.raw) == ("packed", body)
