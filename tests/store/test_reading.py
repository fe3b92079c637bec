"""Lines of files that came from elsewhere: exact, and never more than they can honestly hold."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import StoreError
from evalkit.store.reading import read_lines


@given(
    content=st.lists(st.sampled_from([b"\n", b"\r", b"a", b"\0", b"\xff", b"a" * 2**20, b"\xe2\x80\xa8"]), max_size=8)
)
@settings(max_examples=20, deadline=None)
def test_lines_are_those_of_the_file(tmp_path_factory, content):
    """Only a line feed ends a line, whatever else stands there and however long it is; packed or not."""
    folder, whole = tmp_path_factory.mktemp("lines"), b"".join(content)
    (folder / "plain").write_bytes(whole)
    (folder / "packed.gz").write_bytes(gzip.compress(whole, 1))
    expected = [part + b"\n" for part in whole.split(b"\n")]
    expected[-1] = expected[-1][:-1]
    for name in ("plain", "packed.gz"):
        found = list(read_lines(folder / name))
        assert [line for _, line in found] == [line for line in expected if line]
        assert [number for number, _ in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("content", [b" " * 2**23, b"{}\n" * 2**20, b"\n" * 2**20])
def test_what_is_packed_to_burst_is_refused(tmp_path, content):
    """More than 500 bytes of each packed one, beyond what any file may hold: in one line or in a million."""
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(StoreError, match=r"bomb\.jsonl\.gz:\d+: more than 500 bytes come of each packed one"):
        for _ in read_lines(path, loose=2**16):
            pass


def test_a_line_without_end_is_refused(tmp_path):
    """Its number is told, and those before it were read."""
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"short\n" + b"x" * 101)
    lines = read_lines(path, longest=100)
    assert next(lines) == (1, b"short\n")
    with pytest.raises(StoreError, match=r"long\.jsonl:2: the line is longer than 100 bytes"):
        next(lines)
