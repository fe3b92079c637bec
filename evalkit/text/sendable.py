"""Sendable: a text as it can go over a wire."""

from __future__ import annotations


def sendable(text: str) -> str:
    """Return the text with each lone surrogate as the replacement character: UTF-8 has none, and models write them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
