"""The page about the store's tables, written from the schema itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from evalkit.store.opening import schema

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
"""Between these lines of docs/store.md stands what `tables` returns."""

_HEAD = re.compile(r"(?:CREATE )(TABLE|VIEW) (\w+)")
_COLUMN = re.compile(r"    (?P<definition>.+?),? -- (?P<meaning>.+)")


def tables() -> str:
    """Return Markdown that describes each table and view of the schema, column by column."""
    return "\n".join(_lines(schema()))


def page(text: str) -> str:
    """Return a page with the part between `BEGIN` and `END` written anew.

    Raises:
        ValueError: The page lacks one of the two lines.
    """
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def update(path: str | Path) -> None:
    """Write a page's tables anew."""
    path = Path(path)
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")


def _lines(sql: str) -> Iterator[str]:
    remark = ""
    for line in sql.splitlines():
        if line.startswith("-- "):
            remark = line.removeprefix("-- ")
        elif head := _HEAD.match(line):
            kind = "" if head[1] == "TABLE" else " (view)"
            yield from (f"### `{head[2]}`{kind}", "", remark, "", "| column | type | meaning |", "| --- | --- | --- |")
        elif column := _COLUMN.match(line):
            name, kind = _split(column["definition"])
            yield f"| `{name}` | {kind} | {column['meaning']} |"
        elif line in {") STRICT;", ") STRICT, WITHOUT ROWID;"} or line.startswith("FROM "):
            yield ""


def _split(definition: str) -> tuple[str, str]:
    """Return name and type of a column; a view's column has a name only."""
    if " AS " in definition:
        return definition.rsplit(" AS ", 1)[1], ""
    name, kind, *rest = definition.split(" ")
    return name, kind if "NOT" in rest or "PRIMARY" in rest else f"{kind}, may be NULL"
