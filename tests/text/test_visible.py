"""Visible form of hostile text."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.text.visible import visible

SEEN_FORMAT_CHARACTERS = {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}
"""Scripts whose format characters are signs with a shape, such as the Arabic number sign."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a\x00b\x7f\x9b", r"a\x00b\x7f\x9b"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u2028b", r"a\u2028b"),
        ("a\r\n\tb", "a\\r\n\tb"),
        ("Größe 日本 \\x1b é", "Größe 日本 \\x1b é"),
        ("a\xa0b\u2009c\u202fd", r"a\xa0b\u2009c\u202fd"),
        ("\ufdd0\U0001fffe\U0010ffff", r"\ufdd0\U0001fffe\U0010ffff"),
        ("\U00020000 \u0915\u0301", "\U00020000 \u0915\u0301"),
        ("e\u0301 \u2764\ufe0f", "e\\u0301 \u2764\\ufe0f"),
        ("##[group]a ##vso[b] ## [c]", r"\u0023#[group]a \u0023#vso[b] ## [c]"),
    ],
)
def test_invisible_characters_become_escapes(text, expected):
    """Control, direction, zero width and lone surrogates are written out; the rest stays."""
    assert visible(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p\u0430ypal", r"p\u0430ypal"),
        ("pay in \u0441\u043e\u0440\u0443", r"pay in \u0441\u043e\u0440\u0443"),
        ("\u042d\u0442\u043e c\u0430t", "\u042d\u0442\u043e c\\u0430t"),
        ("\u042d\u0442\u043e \u0430 cat", "\u042d\u0442\u043e \u0430 cat"),
        ("\u0441\u043e\u0440", "\u0441\u043e\u0440"),
        ("H\u03bfuse", r"H\u03bfuse"),
    ],
)
def test_letters_that_pass_for_latin_ones_are_told(text, expected):
    """A Cyrillic or Greek letter among Latin ones is written out; a text in its own script stays readable."""
    assert visible(text) == expected


def test_nothing_is_kept_unless_asked():
    """Line breaks are written out too, for a form of one line."""
    assert visible("a\n\tb", keep="") == r"a\n\tb"


def test_shortening_states_what_was_cut():
    """A long text ends with how long it is."""
    assert visible("ab\x00" * 1000, limit=4) == r"ab\x00a… [3,000 characters, 4 shown]"


def test_a_text_within_the_limit_is_whole():
    """Nothing is stated where nothing was cut."""
    assert visible("abc", limit=3) == "abc"


def test_every_character_that_can_do_harm_is_escaped():
    """No control, format, surrogate or separator character of Unicode passes, but signs with a shape."""
    every = (chr(code) for code in range(sys.maxunicode + 1))
    unseen = [c for c in every if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    passed = [c for c in unseen if visible(c, keep="") == c]

    assert {unicodedata.name(c).split()[0] for c in passed} <= SEEN_FORMAT_CHARACTERS


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=None)))
def test_the_visible_form_can_always_be_encoded(text):
    """Whatever a model said can be written to a file, and is visible already."""
    once = visible(text)

    assert once.encode("utf-8")[:0] == b""
    assert visible(once) == once
