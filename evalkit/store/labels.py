"""Which names a run may have."""

from __future__ import annotations

import unicodedata

from evalkit.errors import StoreError
from evalkit.store import codec

_LONGEST = 200


def sought(label: str) -> str:
    """Return what to look for: a label that can not be stored is simply not found."""
    return codec.printable(label)


def check_label(label: str) -> None:
    """Refuse what can be no label.

    Raises:
        StoreError: It is empty or too long, or holds what can not be shown or typed.
    """
    if not label.strip():
        raise StoreError("a run needs a label", hint="give it a short name")
    if len(label) > _LONGEST:
        raise StoreError(f"the label has {len(label)} letters", hint=f"use {_LONGEST} at most")
    if "@" in label:
        raise StoreError(f"the label {label!r} holds an @", hint="`store@label` names a run: leave @ out of the label")
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in label):
        raise StoreError(f"the label {label!r} holds a control character", hint="use letters that can be shown")
