import re
from dataclasses import replace

from evalkit.reporting.renderers.markdown import markdown
from evalkit.reporting.view import Report


def test_headline_and_tables(report: Report) -> None:
    """The headline comes first, then the run, cautions, and a table for each metric."""
    text = markdown(report)
    assert text.splitlines()[2].startswith("**Answers vary more as temperature rises: exact agreement falls")
    assert "| 0.5 | 0.74 \\[0.66, 0.82\\] | 6 | 120 | t interval over prompts |" in text
    assert "- `truncated` **12 of 120 answers" in text
    assert text.endswith("|\n")


def test_rows_keep_their_columns(hostile_report: Report) -> None:
    """However hostile a cell is, each table has the same number of columns in all of its rows."""
    for table in re.findall(r"(?:^\|.*\n)+", markdown(hostile_report), flags=re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in table.splitlines()}
        assert len(widths) == 1


def test_hostile_text_makes_no_markup(hostile_report: Report) -> None:
    """Nothing from outside makes HTML, a link, a picture, code, a mention, an address or a workflow command."""
    text = markdown(hostile_report)
    plain = (
        text.replace("<details><summary>By prompt</summary>", "").replace("</details>", "").replace("`truncated`", "")
    )
    assert not re.search(r"(?<!\\)[<>`\[\]$]", plain)
    assert "@" not in plain
    assert "://" not in plain
    assert not re.search(r"^::", text, flags=re.MULTILINE)


def test_line_can_not_begin_a_block(report: Report) -> None:
    """A sentence that begins like a heading or a list stays a sentence."""
    text = markdown(replace(report, headline=("x", "# no", "- no", "1. no", "2. no")))
    assert "\n&#35; no\n" in text
    assert "\n&#45; no\n" in text
    assert "\n&#49;. no\n" in text


def test_many_prompts_are_cut(report: Report) -> None:
    """Of many prompts the first thirty are in the table, and the text says where the others are."""
    section = report.metrics[0]
    text = markdown(replace(report, metrics=(replace(section, prompts=section.prompts * 10),)))
    assert "The first 30 of 60 prompts; CSV and JSON hold them all." in text


def test_section_without_prompts_has_no_table_of_them(report: Report) -> None:
    """Without values of prompts there is no table of prompts."""
    bare = replace(report, metrics=(replace(report.metrics[0], prompts=()),), ladder=None, cautions=())
    assert "By prompt" not in markdown(bare)
