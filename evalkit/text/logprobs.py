"""Log-probabilities: what a server told of each token of an answer, read from its JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLogprobs:
    """What a server told of one token, in nats."""

    own: float | None
    """Log-probability of the token itself, 0 or less; None when it is not a finite number."""
    top: tuple[float, ...]
    """Log-probabilities of the likeliest tokens at its place; empty when none was told."""
    token: str | None = None
    """The token, by its bytes in hexadecimal digits where they are told, else by its text; None when neither is."""


def token_logprobs(told: str | None) -> tuple[TokenLogprobs, ...]:
    """Return what was told of each token, in order; nothing where there is nothing to read.

    Rounding may carry a server above 0, which is put right here. A likeliest token whose log-probability is not
    finite has no probability, and is left out.

    Args:
        told: JSON text of a choice's ``logprobs``: an object whose ``content`` lists the tokens, each with its
            ``logprob`` and perhaps ``top_logprobs``.
    """
    try:
        given = json.loads(told) if told else None
    except ValueError:
        return ()
    content = given.get("content") if isinstance(given, dict) else None
    entries = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    return tuple(TokenLogprobs(own=_logprob(entry), top=_top(entry), token=_token(entry)) for entry in entries)


def _token(entry: dict[str, object]) -> str | None:
    # Two tokens that are parts of characters may be shown as the same text.
    told, text = entry.get("bytes"), entry.get("token")
    if isinstance(told, list) and all(type(each) is int and 0 <= each <= 255 for each in told):  # noqa: PLR2004 - a byte
        return bytes(told).hex()
    return text if isinstance(text, str) else None


def _top(entry: dict[str, object]) -> tuple[float, ...]:
    given = entry.get("top_logprobs")
    found = [_logprob(each) for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    return tuple(value for value in found if value is not None)


def _logprob(entry: dict[str, object]) -> float | None:
    value = entry.get("logprob")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(0.0, float(value))
