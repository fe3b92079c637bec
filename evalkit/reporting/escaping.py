"""Text from outside made harmless to the formats that more than one renderer writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_BLOCK = re.compile(r"^([#+=-]|\d+(?=[.)]\s))")
_FORMULA = re.compile(r"\s*[=+\-@\t\r\0＝＋－＠]")  # wide forms act alike; blanks before are trimmed


def markdown_text(text: str) -> str:
    """Return text that Markdown shows as it is, in one line."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()).replace("&", "&amp;"))
    line = _BLOCK.sub(_entity, line).replace(r"\<", "&lt;").replace(r"\>", "&gt;").replace("@", "&#64;")
    # A colon before slashes and a dot after www begin a link by themselves; two colons, a workflow command.
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", line.replace("://", "&#58;//").replace("::", "&#58;&#58;"))


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, of texts that are harmless already, and an empty one behind it."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def no_formula(text: str) -> str:
    """Return text that a spreadsheet takes for text."""
    return f"'{text}" if _FORMULA.match(text) else text


def _entity(match: re.Match[str]) -> str:
    """Return the first sign of a heading, list or rule as an entity: then it begins none."""
    return f"&#{ord(match[0][0])};{match[0][1:]}"
