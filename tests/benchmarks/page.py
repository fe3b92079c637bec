"""The page of figures: each part of it is rewritten when it was measured, and the others stay as they were."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.line import Line

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- bench: from here -->", "<!-- bench: to here -->"
_VERDICTS = {True: "reached", False: "not reached", None: ""}
_HEAD = "| what | target | evalkit | otherwise | got | |\n| --- | --- | ---: | ---: | ---: | --- |"


def keep(docs: Path, part: str, told: Mapping[str, str], lines: Sequence[Line], order: Sequence[str]) -> None:
    """Write the figures of one part beside the page, and the page anew from all that is there.

    Args:
        docs: The folder that holds `performance.md` and the figures, `performance.json`.
        part: What was measured; its former figures are replaced.
        told: `title`, and `stamp`: when and how, in words.
        lines: Its figures.
        order: Names of all parts, as they stand on the page; what is kept of others is dropped.
    """
    figures, page = docs / "performance.json", docs / "performance.md"
    known: dict[str, Any] = json.loads(figures.read_text("utf-8")) if figures.exists() else {}
    known[part] = {**told, "lines": [dataclasses.asdict(line) for line in lines]}
    known = {name: known[name] for name in order if name in known}
    figures.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    sections = "\n\n".join(map(_section, known.values()))
    page.write_text(f"{before}{BEGIN}\n{sections}\n{END}{rest.partition(END)[2]}", "utf-8")


def _section(found: Mapping[str, Any]) -> str:
    rows = "\n".join(_row(Line(**line)) for line in found["lines"])
    return f"### {found['title']}\n\n{found['stamp']}\n\n{_HEAD}\n{rows}"


def _row(line: Line) -> str:
    cells = (line.what, line.target, line.ours, line.others, line.got, _VERDICTS[line.reached])
    return f"| {' | '.join(' '.join(cell.replace('|', '/').split()) for cell in cells)} |"
