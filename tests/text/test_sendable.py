"""Texts that can go over a wire."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.sendable import sendable


@given(text=st.text(st.characters(codec=None, categories=None)))
def test_every_text_becomes_utf8(text):
    """Whatever a model wrote can be sent."""
    assert sendable(text).encode().decode() == sendable(text)


@given(text=st.text())
def test_ordinary_texts_stay(text):
    """A text without lone surrogates is unchanged."""
    assert sendable(text) == text


def test_a_lone_surrogate_is_replaced():
    """And nothing around it."""
    assert sendable("a\ud800b\udc00") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
