r"""Visible form: what a text holds that the eye, a terminal or a page would not show.

A model's text may hold escape sequences that recolour or clear a terminal, marks that turn the direction of
reading, characters without width, lone surrogates that no file can be written with, and letters that look like
others. What is shown of two texts that differ is therefore different, too.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "["
    r"\x00-\x1f\x7f-\x9f"  # control characters: the beginning of every terminal escape
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers, marks of direction
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # no width; line and paragraph separators; direction
    r"\u3164\ufeff\uffa0\ufff0-\ufffb"  # fillers, byte order mark, annotation marks
    r"\xa0\u1680\u2000-\u200a\u202f\u205f"  # blanks that are no blank
    r"\ufe00-\ufe0f"  # selectors of a form
    r"\ud800-\udfff"  # lone surrogates
    r"\ufdd0-\ufdef\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # no characters, shorthand, music
    r"\u0300-\u036f#\U0001fffe-\U0010ffff]"  # marks, commands to a build, later planes: but what `_passes`
)
_INVISIBLE_ASCII = re.compile(r"[\x00-\x1f\x7f#]")
_ALIKE = (
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423"
    "\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb\u051b\u051d"  # Cyrillic
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"  # Greek
)
"""Letters of other scripts with the shape of a Latin one."""
_HAS_ALIKE = re.compile(f"[{_ALIKE}]")
_OF_ITS_SCRIPT = re.compile(f"(?![{_ALIKE}])[\u0370-\u052f]")
_MIXED = re.compile(f"[{_ALIKE}]+(?=[A-Za-z])|(?<=[A-Za-z])[{_ALIKE}]+")
_LETTER = re.compile("[A-Za-z]")
_COMMAND = re.compile(r"##\w{0,30}\[")
_MARKS, _TAGS = ("\u0300", "\u036f"), ("\U000e0000", "\U000e0fff")
_FIRST_PLANES = "\U0001fffd"
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_BYTE = 0xFF
_BASIC_PLANE = 0xFFFF


def visible(text: str, *, limit: int | None = None, keep: str = "\n\t") -> str:
    r"""Return the text with everything invisible written as an escape, such as ``\x1b`` or ``\u202e``.

    A letter of another script that looks like a Latin one is written out where it stands beside a Latin one, or where
    the text holds no letter by which its script could be told. The result can be printed and encoded. It is for
    reading, not for parsing: a backslash stays one backslash, so an escape that stood in the text looks like one
    made here.

    Args:
        text: Anything a model said.
        limit: Most characters of the text to show; what is cut off is stated. None shows all.
        keep: Characters to leave as they are; new line and tabulator unless told otherwise.

    Returns:
        Printable text, longer than `limit` by its escapes and the statement of what was cut.
    """
    shown = text if limit is None else text[:limit]
    unseen = _INVISIBLE_ASCII if shown.isascii() else _INVISIBLE  # the same, several times as fast
    escaped = unseen.sub(lambda match: match[0] if match[0] in keep or _passes(match) else _escape(match[0]), shown)
    if escaped.isascii():
        return _stated(escaped, len(text), len(shown))
    if _HAS_ALIKE.search(escaped) and _LETTER.search(escaped):
        lookalikes = _MIXED if _OF_ITS_SCRIPT.search(escaped) else _HAS_ALIKE
        escaped = lookalikes.sub(lambda match: "".join(map(_escape, match[0])), escaped)
    return _stated(escaped, len(text), len(shown))


def _stated(escaped: str, n: int, n_shown: int) -> str:
    """Return what is shown of a text, with the statement of what was cut."""
    return escaped if n_shown == n else f"{escaped}… [{n:,} characters, {n_shown:,} shown]"


def _passes(match: re.Match[str]) -> bool:
    """Return whether a sign is to be seen after all: most hashes, and marks that are no part of a Latin letter."""
    sign, text, at = match[0], match.string, match.start()
    if sign == "#":  # two of them and a word in brackets begin a command, wherever they stand
        return _COMMAND.match(text, at) is None
    if sign > _FIRST_PLANES:  # there are Chinese characters, tags, and two that are none at the end of each plane
        return not (_TAGS[0] <= sign <= _TAGS[1] or ord(sign) & 0xFFFE == 0xFFFE)  # noqa: PLR2004 - see above
    # A letter and a mark that Unicode also has as one sign look the same.
    return _MARKS[0] <= sign <= _MARKS[1] and not (at and _LETTER.match(text[at - 1]))


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code <= _BYTE and character != "#":  # JSON knows no \\x, and is to stay JSON
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_PLANE else f"\\U{code:08x}"
