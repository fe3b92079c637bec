import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalkit.errors import ReportError
from evalkit.reporting.write import check_place, write_lines, write_report


def test_makes_the_folder_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The text is written, missing folders are made, and no temporary file stays."""
    path = write_report("page\n", tmp_path / "a" / "b" / "page.html")
    assert path.read_bytes() == b"page\n"
    assert list(path.parent.iterdir()) == [path]


def test_replaces_the_old_page(tmp_path: Path) -> None:
    """An earlier page is replaced."""
    path = tmp_path / "page.html"
    write_report("old", path)
    write_report("new", path)
    assert path.read_text(encoding="utf-8") == "new"


def test_lone_surrogate_is_written_as_an_escape(tmp_path: Path) -> None:
    """Text that no file can hold is written as an escape, and the rest is kept."""
    assert write_report("a\ud800é", tmp_path / "x").read_bytes() == b"a\\ud800\xc3\xa9"


def test_page_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    """A page is made to be shared: it gets the rights that a plain new file gets."""
    plain = tmp_path / "plain"
    plain.touch()
    assert write_report("x", tmp_path / "page").stat().st_mode == plain.stat().st_mode


def test_full_disk_leaves_the_old_page(tmp_path: Path) -> None:
    """When the disk takes no more, the old page stays whole and the unfinished one is removed."""
    path = write_report("old", tmp_path / "page.html")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ReportError, match="File too large"):
            write_report("n" * 100_000, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [".", "file/page.html"])
def test_unwritable_path_is_one_line(tmp_path: Path, path: str) -> None:
    """A folder, or a path below a file, is refused in one line with a way on."""
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match="folder") as caught:
        write_report("x", tmp_path / path)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["n" * 300, "a\0b"])
def test_impossible_name_leaves_nothing(tmp_path: Path, name: str) -> None:
    """A name that no file can have is refused, and nothing is left behind."""
    with pytest.raises(ReportError, match="can not write"):
        write_report("x", tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_lines_are_written_one_by_one(tmp_path: Path) -> None:
    """Lines come back as they are, with how many there were."""
    path = tmp_path / "new" / "draws.jsonl"
    assert write_lines((f"line {n}" for n in range(3)), path) == 3
    assert path.read_text(encoding="ascii") == "line 0\nline 1\nline 2\n"


def test_lines_that_break_off_leave_the_old_file(tmp_path: Path) -> None:
    """Where no further line can be read, the file that was there stays, and nothing lies beside it."""

    def broken() -> Iterator[str]:
        yield "new"
        raise LookupError

    path = write_report("old", tmp_path / "draws.jsonl")
    with pytest.raises(LookupError):
        write_lines(broken(), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    """Nothing takes the place of a pipe or a device, such as /dev/stdout."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    write_report("page", pipe)
    reader.join(10)
    assert heard == [b"page"]
    assert pipe.is_fifo()


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    """A page that is linked to from elsewhere is still, after it was written anew."""
    page, link = write_report("old", tmp_path / "page"), tmp_path / "link"
    link.symlink_to(page)
    write_report("new", link)
    assert link.is_symlink()
    assert page.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("path", [".", "file/page.html", "n" * 300 + "/page.html", "a\0b"])
def test_a_place_is_looked_at_without_writing(tmp_path: Path, path: str) -> None:
    """What can not be written is told beforehand, what can be is not, and nothing is made."""
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=r"can not write|is a folder"):
        check_place(tmp_path / path)
    check_place(tmp_path / "new" / "folder" / "page.html")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
