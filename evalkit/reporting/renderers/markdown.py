"""Markdown: tables for pull requests and job summaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from evalkit.nouns import Caution, Counts
from evalkit.reporting import numbers
from evalkit.reporting.escaping import markdown_table as _table
from evalkit.reporting.escaping import markdown_text as _text
from evalkit.reporting.view import Block, Ladder, MetricSection, Report

_MOST_PROMPTS = 30
_MOST_TREES = 5


def markdown(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown: headline, cautions, one table for each metric.

    Text from outside can neither end a table cell nor make a link, a picture, a mention, HTML or a formula.
    """
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_text(report.title)}"
    yield ""
    yield from (
        f"**{_text(sentence)}**\n" if n == 0 else f"{_text(sentence)}\n" for n, sentence in enumerate(report.headline)
    )
    yield from _table(("run", _text(report.label)), [[_text(fact.name), _text(fact.value)] for fact in report.summary])
    yield from caution_lines(report.cautions)
    for block in report.early:
        yield from part_lines(block)
    if report.front:
        yield from _glance(report.front)
    for section in (*report.front, *report.parts):
        yield from _section(section)
    if report.literature:
        yield "## Literature panel"
        yield ""
        yield "These change with the number of answers or with their length, whatever the model does."
        yield ""
        for section in report.literature:
            yield from _section(section)
    if report.ladder is not None:
        yield from _ladder(report.ladder)
    if report.counts:
        yield from _counts(report.counts)
    for block in report.late:
        yield from part_lines(block)


def caution_lines(cautions: Sequence[Caution]) -> Iterator[str]:
    """Yield the lines of cautions; none where there are none."""
    if not cautions:
        return
    yield "## Cautions"
    yield ""
    for c in cautions:
        yield f"- `{c.slug}` **{_text(c.fact)}** {_text(c.meaning)} {_text(c.remedy)}"
    yield ""


def part_lines(block: Block) -> Iterator[str]:
    """Yield the lines of a further part."""
    yield f"## {_text(block.heading)}"
    yield ""
    for sentence in block.lead:
        yield _text(sentence)
        yield ""
    for table in block.tables:
        yield from _table([_text(name) for name in table.columns], [[_text(cell) for cell in r] for r in table.rows])
    for title, tree in block.trees[:_MOST_TREES]:
        yield f"<details><summary>{escape(title)}</summary>"
        yield ""
        yield f"<pre>{escape(tree)}</pre>"
        yield ""
        yield "</details>"
        yield ""
    for note in block.notes:
        yield _text(note)
        yield ""


def _glance(sections: Sequence[MetricSection]) -> Iterator[str]:
    temperatures = [f"T = {numbers.temperature(row.temperature)}" for row in sections[0].rows]
    rows = [
        [_text(s.heading), *("–" if row.value is None else _text(row.text) for row in s.rows), s.trend_direction]
        for s in sections
    ]
    yield from _table(["mean over prompts", *temperatures, "trend"], rows)


def _counts(counts: Sequence[Counts]) -> Iterator[str]:
    yield "## What became of the draws"
    yield ""
    some = any(c.n_unsupported for c in counts)
    rows = [
        [
            numbers.temperature(c.temperature),
            *map(numbers.count, (c.n_wanted, c.n_samples, c.n_error, *([c.n_unsupported] if some else []))),
            *map(numbers.count, (c.n_empty, c.n_truncated, c.n_refused)),
        ]
        for c in counts
    ]
    gone = ["failed", *(["temperature refused"] if some else [])]
    yield from _table(["temperature", "planned", "answers", *gone, "empty", "cut by the limit", "refused"], rows)


def _section(section: MetricSection) -> Iterator[str]:
    yield f"## {_text(section.heading)}"
    yield ""
    yield _text(" ".join(part for part in (section.summary, section.trend, section.optimum) if part))
    yield ""
    unit = f" ({_text(section.unit)})" if section.unit else ""
    rows = [
        [
            numbers.temperature(k.temperature),
            _text(k.text),
            str(k.n_prompts),
            numbers.count(k.n_samples),
            _text(k.method),
        ]
        for k in section.rows
    ]
    yield from _table(
        ("temperature", f"value{unit} and {_text(section.interval)}", "prompts", "samples", "method"), rows
    )
    if not section.prompts:
        return
    yield "<details><summary>By prompt</summary>"
    yield ""
    head = ["prompt", *(f"T = {numbers.temperature(row.temperature)}" for row in section.rows)]
    shown = section.prompts[:_MOST_PROMPTS]
    yield from _table(
        head, [[_text(r.prompt), *("–" if k is None else _text(k.text) for k in r.values)] for r in shown]
    )
    if len(shown) < len(section.prompts):
        yield f"The first {len(shown)} of {numbers.count(len(section.prompts), 'prompt')}; CSV and JSON hold them all."
        yield ""
    yield "</details>"
    yield ""


def _ladder(ladder: Ladder) -> Iterator[str]:
    yield "## Levels of equality"
    yield ""
    rows = [
        [
            numbers.temperature(t),
            *("–" if s is None else f"{s.text} ({s.n_differing} of {s.n_prompts} differ)" for s in steps),
        ]
        for t, steps in ladder.rows
    ]
    yield from _table(["temperature", *(_text(level) for level in ladder.levels)], rows)
