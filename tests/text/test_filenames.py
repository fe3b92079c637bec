"""A name becomes a file in its folder, and no other name the same file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.filenames import file_name_of

HOSTILE = (
    *(
        "../x",
        "..",
        ".",
        "/etc/x",
        "a/b",
        "a\\b",
        "C:x",
        "CON",
        "con",
        "nul",
        "com1",
        "x" * 300,
        "\U0001f600",
        "A",
        "a",
    ),
    *(
        "a.",
        "a ",
        "-a",
        "\x1b[31m",
        "\u202ea",
        "a\0",
        "\ud800",
        "x\nx",
        "",
        " ",
        "*?<>|",
        "x",
        "$(x)",
        "a;b",
        "--help",
    ),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_of_any_kind_is_a_file_in_its_folder(tmp_path, name):
    """It can be written, lies in the folder itself, and no system takes it for a device, an option or a hidden file."""
    path = tmp_path / f"{file_name_of(name)}.html"
    path.write_text("page")
    assert list(tmp_path.iterdir()) == [path]
    assert path.resolve().parent == tmp_path.resolve()
    assert len(path.name) < 100
    assert path.stem not in {"con", "nul", "com1"}
    assert path.name[0] not in ".-"


def test_names_that_look_alike_are_different_files_whatever_the_case():
    """Nothing is overwritten, not even where A and a are one name."""
    files = [file_name_of(name).lower() for name in HOSTILE]
    assert len(set(files)) == len(HOSTILE)


@given(st.text(alphabet=st.characters(categories=None)), st.text(alphabet=st.characters(categories=None)))
def test_no_two_names_are_one_file(one, other):
    """A digest tells apart what the letters do not."""
    assert (file_name_of(one) == file_name_of(other)) == (one == other)
    assert Path(file_name_of(one)).name == file_name_of(one)


def test_a_plain_name_is_itself():
    """Nobody has to look for the page of a run called main."""
    assert file_name_of("main-2026_01") == "main-2026_01"
