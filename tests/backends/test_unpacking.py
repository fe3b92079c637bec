"""Bodies that were packed though nobody asked for it: exact up to the cap, never held beyond it."""

import gzip
import tracemalloc
import zlib

import pytest

from evalkit.backends.unpacking import unpacked
from evalkit.errors import MalformedReplyError

CAP = 2**22


def check(size):
    """Refuse more than 4 MiB."""
    if size > CAP:
        raise MalformedReplyError("longer than it may be", slug="too-long")


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 999, b"a" * (2**16), b"a" * CAP, b"ab" * (2**16 + 1)])
@pytest.mark.parametrize(
    ("pack", "name"), [(gzip.compress, "gzip"), (gzip.compress, "X-GZIP"), (zlib.compress, "deflate")]
)
def test_what_was_packed_comes_out(body, pack, name):
    """Every byte, whatever the size of the pieces."""
    assert unpacked(pack(body), name, check) == body


def test_a_bomb_is_refused_without_being_held():
    """A body that unpacks to 64 times the cap costs less than a megabyte."""
    bomb = gzip.compress(b" " * (64 * CAP))
    tracemalloc.start()
    try:
        with pytest.raises(MalformedReplyError, match="longer than") as caught:
            unpacked(bomb, "gzip", check)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.slug == "too-long"
    assert most < 2**20


@pytest.mark.parametrize(("body", "name"), [(b"no gzip at all", "gzip"), (b"\x1f\x8b", "br"), (b"xx", "deflate")])
def test_what_can_not_be_unpacked_is_kept_as_it_came(body, name):
    """The bytes were paid for."""
    with pytest.raises(MalformedReplyError) as caught:
        unpacked(body, name, check)
    assert (caught.value.slug, caught.value.raw) == ("packed", body)
