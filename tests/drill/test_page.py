"""The table of the drill stands between the marks of its page."""

from drill.__main__ import BEGIN, END, PAGE, table, write
from drill.step import Line

LINES = [
    Line(number="P10", what="later", asked="0", got="0", passed=True),
    Line(number="P2", what="sooner", asked="0", got="1", passed=False),
]


def test_lines_stand_in_the_order_of_the_protocol():
    """P2 comes before P10."""
    assert [row.split(" | ")[0] for row in table(LINES)[2:]] == ["| P2", "| P10"]


def test_only_what_is_between_the_marks_is_written(tmp_path):
    """The page keeps what stands around its table, and a second table replaces the first."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    write(LINES, "make drill", page)
    write(LINES[:1], "make drill", page)
    written = page.read_text()
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert written.count("| P10 | later | 0 | 0 | passed |") == 1
    assert "sooner" not in written


def test_the_page_has_the_marks():
    """Without marks the table would be lost."""
    text = PAGE.read_text()
    assert text.count(BEGIN) == text.count(END) == 1
