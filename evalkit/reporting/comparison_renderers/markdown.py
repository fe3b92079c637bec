"""Markdown: what changed, for a pull request or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.reporting.contrast_rows import in_words
from evalkit.reporting.escaping import markdown_table, markdown_text
from evalkit.reporting.renderers.markdown import caution_lines, part_lines
from evalkit.reporting.sides import MARKS, ComparisonReport, ContrastRow, Versus

_CHANGED = ("higher", "lower")
_COLUMNS = ("metric", "where", "baseline", "candidate", "difference", "p", "verdict")


def markdown(report: ComparisonReport) -> str:
    """Return a comparison as GitHub-flavoured Markdown: verdict counts, settings that differ, what changed, cautions.

    What is higher or lower stands in sight, the rest is folded. No answer of a model is in it, and text from outside
    can neither end a table cell nor make a link, a picture, a mention, HTML, a formula or a workflow command.
    """
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: ComparisonReport) -> Iterator[str]:
    yield f"# {markdown_text(report.title)}"
    yield ""
    single = len(report.sections) == 1
    for n, sentence in enumerate(report.headline):
        yield markdown_text(sentence) if single and n else f"**{markdown_text(sentence)}**"
        yield ""
    if report.asked:
        yield f"Asked: fail on {markdown_text(report.asked)}."
        yield ""
    if report.matrix is not None:
        yield from _table(report.matrix.columns, report.matrix.rows)
    for section in report.sections:
        if not single:
            yield f"# {markdown_text(f'{section.candidate} against {section.baseline}')}"
            yield ""
            yield from (f"{markdown_text(sentence)}\n" for sentence in section.headline[1:])
        yield from _section(section)
    yield "<details><summary>How to read it</summary>"
    yield ""
    yield from (f"- {markdown_text(term)}" for term in report.terms)
    yield ""
    yield "</details>"


def _section(section: Versus) -> Iterator[str]:
    if section.settings:
        yield "## Settings that differ"
        yield ""
        yield from _table(("setting", section.baseline, section.candidate), section.settings)
    if section.left_out:
        yield "## Not compared"
        yield ""
        yield from (f"- {markdown_text(line)}" for line in section.left_out)
        yield ""
    changed = [row for row in section.rows if row.verdict in _CHANGED]
    rest = [row for row in section.rows if row.verdict not in _CHANGED]
    yield "## What changed"
    yield ""
    if changed:
        yield from _contrasts(changed)
    else:
        yield "No contrast is shown to be higher or lower."
        yield ""
    if rest:
        counts = [(v, sum(row.verdict == v for row in rest)) for v in MARKS]
        yield f"<details><summary>The rest: {in_words([each for each in counts if each[1]])}</summary>"
        yield ""
        yield from _contrasts(rest)
        yield "</details>"
        yield ""
    yield from caution_lines(section.cautions)
    for block in section.blocks:
        yield from part_lines(block)


def _contrasts(rows: Sequence[ContrastRow]) -> Iterator[str]:
    yield from _table(_COLUMNS, [_cells(row) for row in rows])


def _cells(row: ContrastRow) -> tuple[str, ...]:
    verdict = f"{row.mark} {row.verdict}{f': {row.remark}' if row.remark else ''}"
    verdict += {"failed": " (fails)", "undecided": " (asked, undecided)"}.get(row.outcome, "")
    return (row.words, row.where, row.baseline, row.candidate, row.difference, row.p_value, verdict)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from markdown_table(
        [markdown_text(name) for name in columns], [[markdown_text(cell) for cell in row] for row in rows]
    )
