import resource
from pathlib import Path

import pytest

from evalkit.errors import ReportError
from evalkit.reporting.write import write_report


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
