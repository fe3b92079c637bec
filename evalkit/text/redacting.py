"""Redacting: a key in every form in which a server, a log or a traceback may repeat it, and texts without it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "[key]"
"""What stands where a key stood."""

# What servers without keys are given, such as "none" or "sk-no-key-required", is made of words. To hide a short one, or
# the end of a long one, would change answers.
_LEAST, _LEAST_WITH_DIGITS = 12, 8
_END = 8  # letters that servers repeat of a key they refuse
_WORDS = re.compile(r"[a-z_.-]*")
_AT_ONCE = 3  # bytes that base64 writes together


class Forms(tuple[bytes, ...]):
    """Forms of a key, which hide themselves where values of variables are shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return how many there are."""
        return f"({len(self)} x {HIDDEN})"


def forms_of(key: str | None) -> Forms:
    """Return what must never be kept or shown of a key, the longest first; nothing of one too short to be told.

    That is itself, its form in addresses and in JSON, its base64 wherever it begins, and the end that servers repeat.

    Args:
        key: The key; None for none.
    """
    if key is None or len(key) < (_LEAST_WITH_DIGITS if re.search(r"\d", key) else _LEAST):
        return Forms()
    raw = key.encode()
    shifted = (base64.b64encode(b" " * k + raw) for k in range(_AT_ONCE))
    # The letters at both ends depend on what stands beside the key; those between do not.
    packed = [each[(0, 2, 3)[k] + (k > 0) :].rstrip(b"=")[:-1] for k, each in enumerate(shifted)]
    whole = (key, _in_json(key), quote(key, safe=""))
    ends = [] if _WORDS.fullmatch(key) else [each[-_END:] for each in whole]
    found = {*packed, *(each.encode() for each in (*whole, *ends))}
    return Forms(sorted(found, key=lambda form: (-len(form), form)))


def redacted(raw: bytes, forms: Iterable[bytes]) -> bytes:
    """Return bytes with each of these forms hidden."""
    for form in forms:
        raw = raw.replace(form, HIDDEN.encode())
    return raw


def redacted_text(text: str, forms: Iterable[bytes]) -> str:
    """Return a text with each of these forms hidden; everything else stays as it is, lone surrogates too."""
    return redacted(text.encode("utf-8", "surrogatepass"), forms).decode("utf-8", "surrogatepass")


def _in_json(key: str) -> str:
    return key.replace("/", "\\/")
