"""Counts with their nouns."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in the right number, such as ``1,200 samples`` or ``1 prompt``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
