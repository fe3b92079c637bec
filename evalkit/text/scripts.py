"""Scripts: the writing systems whose letters a text holds."""

from __future__ import annotations

import functools
import re
import unicodedata

_OF_ALL_SCRIPTS = frozenset(
    {
        *("ALEF", "ANGSTROM", "BET", "BLACK-LETTER", "DALET", "DOUBLE-STRUCK", "EULER", "FEMININE", "GIMEL"),
        *("INFORMATION", "KELVIN", "MASCULINE", "MATHEMATICAL", "MICRO", "MODIFIER", "OHM", "PLANCK", "SCRIPT"),
    }
)
"""First words of the names of letters that are symbols of every script, such as ``MICRO SIGN``."""
_WIDTHS = frozenset({"FULLWIDTH", "HALFWIDTH"})
_HAN = frozenset({"BOPOMOFO", "CJK", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA", "KATAKANA-HIRAGANA"})
_LETTER = re.compile("[A-Za-z]")
_LATIN = frozenset({"Latin"})


def scripts_of(text: str) -> frozenset[str]:
    """Return the scripts of a text's letters, such as ``{"Latin", "Greek"}``; none for digits and punctuation.

    Read from the characters' names in the Unicode Character Database. Han, kana and bopomofo count as one, ``Han``,
    because Japanese is written with three of them at once. Symbols that are letters by name only, such as the micro
    sign, belong to no script.
    """
    if text.isascii():
        return _LATIN if _LETTER.search(text) else frozenset()
    return frozenset(script for character in set(text) if (script := _script_of(character)))


@functools.lru_cache(maxsize=8192)
def _script_of(character: str) -> str:
    name = unicodedata.name(character, "") if character.isalpha() else ""
    words = [word for word in name.split() if word not in _WIDTHS]
    if not words or words[0] in _OF_ALL_SCRIPTS:
        return ""
    return "Han" if words[0] in _HAN else words[0].capitalize()
