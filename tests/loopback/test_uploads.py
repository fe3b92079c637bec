"""Forms of several parts, read by hand, and a shelf with an end."""

import pytest

from evalkit.loopback.uploads import Shelf, parts_of
from evalkit.loopback.wire import ProtocolError

FORM = (
    b'--xyz\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    b'--xyz\r\ncontent-disposition: form-data; name="file"; filename="a.jsonl"\r\nContent-Type: x\r\n\r\n'
    b"{}\r\n\r\n\n\r\n"
    b"--xyz--\r\n"
)
TYPE = "multipart/form-data; boundary=xyz"


def test_parts_have_names_and_bytes():
    """A file keeps its line ends, whatever they are."""
    assert parts_of(FORM, TYPE) == {"purpose": (b"batch", ""), "file": (b"{}\r\n\r\n\n", "a.jsonl")}
    assert parts_of(FORM, 'Multipart/Form-Data; charset=x; boundary="xyz"')["purpose"] == (b"batch", "")


@pytest.mark.parametrize(
    ("body", "told", "status"),
    [
        (FORM, "application/json", 415),
        (FORM, "multipart/form-data", 400),
        (FORM, "multipart/form-data; boundary=" + "x" * 71, 400),
        (FORM[:-10], TYPE, 400),
        (b"", TYPE, 400),
        (b"--xyz\r\n\r\nbatch\r\n--xyz--", TYPE, 400),
        (b"--xyz\r\nContent-Disposition: form-data\r\n\r\nbatch\r\n--xyz--", TYPE, 400),
        (b"--xyz\r\n" * 100_000 + b"--xyz--", TYPE, 400),
        (b"--xyz\r\n" + b"a: b\r\n" * 10_000 + b"\r\n\r\n--xyz--", TYPE, 400),
    ],
)
def test_a_broken_form_is_refused(body, told, status):
    """Another type, no boundary, no end, no names, too many parts, too long a head."""
    with pytest.raises(ProtocolError) as refused:
        parts_of(body, told)
    assert refused.value.status == status


def test_the_oldest_file_makes_room():
    """What is needed stays; where there is no room even so, the new one is refused."""
    shelf = Shelf(limit=10)
    needed = shelf.put(b"12345", "a", "batch")
    old = shelf.put(b"1234", "b", "batch")
    new = shelf.put(b"12345", "c", "batch", needed={needed.id})
    assert [shelf.get(each.id).filename for each in (needed, new)] == ["a", "c"]
    with pytest.raises(ProtocolError, match="no such file"):
        shelf.get(old.id)
    with pytest.raises(ProtocolError, match="no room"):
        shelf.put(b"123456", "d", "batch", needed={needed.id})


@pytest.mark.parametrize("name", [None, 7, "", [], "../file"])
def test_what_is_no_file_is_404(name):
    """Whatever stands there."""
    with pytest.raises(ProtocolError) as refused:
        Shelf().get(name)
    assert refused.value.status == 404
