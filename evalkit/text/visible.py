r"""Visible form: what a text holds that the eye, a terminal or a page would not show.

A model's text may hold escape sequences that recolour or clear a terminal, marks that turn the direction of
reading, characters without width, and lone surrogates that no file can be written with.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "["
    r"\x00-\x1f\x7f-\x9f"  # control characters: the beginning of every terminal escape
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers, marks of direction
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # no width; line and paragraph separators; direction
    r"\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"  # fillers, byte order mark, annotation marks, no characters
    r"\ud800-\udfff"  # lone surrogates
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # shorthand, music, tags
    "]"
)
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_BYTE = 0xFF
_BASIC_PLANE = 0xFFFF


def visible(text: str, *, limit: int | None = None, keep: str = "\n\t") -> str:
    r"""Return the text with everything invisible written as an escape, such as ``\x1b`` or ``\u202e``.

    The result can be printed and encoded. It is for reading, not for parsing: a backslash stays one
    backslash, so an escape that stood in the text looks like one made here.

    Args:
        text: Anything a model said.
        limit: Most characters of the text to show; what is cut off is stated. None shows all.
        keep: Characters to leave as they are; new line and tabulator unless told otherwise.

    Returns:
        Printable text, longer than `limit` by its escapes and the statement of what was cut.
    """
    shown = text if limit is None else text[:limit]
    escaped = _INVISIBLE.sub(lambda match: match[0] if match[0] in keep else _escape(match[0]), shown)
    if len(shown) == len(text):
        return escaped
    return f"{escaped}… [{len(text):,} characters, {len(shown):,} shown]"


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_PLANE else f"\\U{code:08x}"
