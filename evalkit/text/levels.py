"""The ladder of equality: what it takes for two texts to be called the same."""

from __future__ import annotations

import collections
import difflib
import functools
import itertools
import json
import re
import unicodedata
from collections.abc import Callable

from evalkit.errors import UnknownNameError, UsageError

_NUMBER_MARK = re.compile(r"[^\w\s](?:(?<=\d.)(?=\d)|(?<![\w-]-)(?<=-)(?=\.?\d)|(?<![\w.]\.)(?<=\.)(?=\d))")
_FIRST_OF_JSON = frozenset('`{["-0123456789tfn')
_JSON_WORDS = frozenset({"true", "false", "null"})
_MOST_CHARACTERS = 8_192
_LOWERED = bytes(range(256)).lower()
_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_DIGIT = re.compile(r"\d")
_FENCE = re.compile(r"```[a-zA-Z0-9]*\n(.*?)\n?```", re.DOTALL)


class _Blanked(dict[int, str]):
    """Characters by number, punctuation as a blank."""

    def __missing__(self, number: int) -> str:
        if len(self) >= _MOST_CHARACTERS:
            self.clear()
        character = chr(number)
        # The backtick counts as punctuation: models quote with it, though Unicode calls it a symbol.
        goes = character == "`" or unicodedata.category(character).startswith("P")
        self[number] = " " if goes else character
        return self[number]


_BLANKED = _Blanked()


def raw(text: str) -> str:
    """Return the text itself: equal means equal byte for byte."""
    return text


def nfc_strip(text: str) -> str:
    """Return the text in Unicode's composed form (NFC), without white space at the ends."""
    return unicodedata.normalize("NFC", text).strip()


def whitespace(text: str) -> str:
    """Return the text in composed form with each run of white space as one blank, and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def loose(text: str) -> str:
    """Return the text without case and compatibility forms (NFKC, case folding), in single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def punctuation(text: str) -> str:
    """Return the text as `loose` does, and without punctuation.

    Punctuation becomes a blank, unless it belongs to a number (``3.5``, ``1,000``, ``-5``): a value must not change
    its meaning. Symbols such as ``+`` stay.
    """
    plain = loose(text).replace("\N{MINUS SIGN}", "-")
    if _DIGIT.search(plain) is None:
        return " ".join(plain.translate(_BLANKED).split())
    kept = [mark.start() for mark in _NUMBER_MARK.finditer(plain)]
    ends = [0, *(place + 1 for place in kept)]
    parts = [plain[start:end].translate(_BLANKED) for start, end in zip(ends, [*kept, None], strict=True)]
    marks = [*(plain[place] for place in kept), ""]
    return " ".join("".join(itertools.chain.from_iterable(zip(parts, marks, strict=True))).split())


def letters(text: str) -> bytes | None:
    """Return the letters and digits of a text in ASCII, without case; None for any other text.

    Texts that differ in these are different at each level up to `punctuation`, which takes much longer to say so.
    """
    return text.encode("ascii").translate(_LOWERED, _MARKS) if text.isascii() else None


def canonical_json(text: str) -> str | None:
    """Return the JSON value a text holds, in canonical form; None when it is no JSON.

    The text may stand in a fenced code block. Key order, blanks and the spelling of numbers do not count: ``1.0`` is
    ``1``. A text that names a key twice, or holds NaN, is no JSON.
    """
    stripped = text.strip()
    if stripped[:1] not in _FIRST_OF_JSON or (stripped[:1] in "tfn" and stripped not in _JSON_WORDS):
        return None
    fenced = _FENCE.fullmatch(stripped)
    try:
        value = json.loads(fenced[1] if fenced else text, object_pairs_hook=_object, parse_constant=_refused)
        return json.dumps(_plain(value), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return None


def answer(text: str, *, pattern: str) -> str | None:
    """Return what a pattern finds last in the text, at the level `punctuation`; None when it finds nothing.

    The last match counts, because a model reasons first and answers then.

    Args:
        text: A model's text.
        pattern: Regular expression; its first group is the answer, the whole match when it has none.

    Raises:
        UsageError: The pattern is no regular expression.
    """
    compiled = _compiled(pattern)
    last = collections.deque(compiled.finditer(text), maxlen=1)
    found: str | None = last[0].group(1 if compiled.groups else 0) if last else None
    return None if found is None else punctuation(found)


_FUNCTIONS: dict[str, Callable[[str], str | None]] = {
    "raw": raw,
    "nfc_strip": nfc_strip,
    "whitespace": whitespace,
    "loose": loose,
    "punctuation": punctuation,
    "json": canonical_json,
}

NESTED = ("raw", "nfc_strip", "whitespace", "loose", "punctuation")
"""Levels each of which calls the same whatever the one before it does."""
LEVELS = (*_FUNCTIONS, "answer")
"""Names of the levels, the strictest first. Texts equal at ``raw`` are equal at ``nfc_strip``, then at ``whitespace``,
``loose`` and ``punctuation``; ``json`` asks about the value that a text holds, ``answer`` about a part of the text."""


def level_of(name: str, *, pattern: str | None = None) -> Callable[[str], str | None]:
    """Return the function that brings a text to a level: two texts are the same there when its results are.

    Args:
        name: One of `LEVELS`.
        pattern: Regular expression of the level ``answer``, and of no other.

    Returns:
        A function of a text. It returns None only at ``json`` and ``answer``, for a text that holds none; such a
        text is the same as no other.

    Raises:
        UnknownNameError: There is no such level; the nearest name is the hint.
        UsageError: The pattern is missing, not wanted at this level, or no regular expression.
    """
    if name not in LEVELS:
        near = difflib.get_close_matches(name, LEVELS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(LEVELS)}"
        raise UnknownNameError(f"there is no level of equality named {name!r}", hint=hint)
    if name != "answer":
        if pattern is not None:
            raise UsageError(f"the level {name!r} takes no pattern", hint="set level to 'answer', or drop the pattern")
        return _FUNCTIONS[name]
    if pattern is None:
        raise UsageError("the level 'answer' needs a pattern", hint=r"such as pattern: 'Answer: (\w+)'")
    _compiled(pattern)
    return functools.partial(answer, pattern=pattern)


def at_level(text: str, *, level: str = "raw", pattern: str | None = None) -> str | None:
    """Return a text brought to a level, as `level_of` does; the options of metrics are named after these two."""
    return level_of(level, pattern=pattern)(text)


@functools.lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"{pattern!r} is no regular expression: {error}", hint="see Python's re module") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key stands twice")
    return value


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _plain(value: object) -> object:
    """Return a JSON value with whole numbers as integers, however they were spelt."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
