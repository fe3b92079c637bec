"""Canonical JSON and content keys: equal nouns, equal bytes, equal keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


def canonical(value: JSON) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII escapes.

    Lone surrogates, which model output may hold, survive as escapes.

    Args:
        value: Anything JSON can say; NaN and infinities are refused.

    Returns:
        JSON text in ASCII.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_key(value: JSON) -> str:
    """Return the SHA-256 of a value's canonical JSON, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
