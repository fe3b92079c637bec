"""Degeneration: signs that a text is no language any more, either stuck in a loop or fallen apart."""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import UsageError
from evalkit.text.remembered import Remembered
from evalkit.text.scripts import scripts_of
from evalkit.text.words import different_ngrams, tokens, words

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_RUN = 4
_MOST_EFFORT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a text may do without being flagged; a value above a limit is a sign."""

    repetition: float = 0.5
    """Share of runs of four tokens that stand earlier in the text already, in [0, 1]."""
    extra_scripts: int = 1
    """Scripts more than the question is written in."""
    compression: float = 4.0
    """Bytes over compressed bytes, of a text longer than `compression_bytes`."""
    compression_bytes: int = 500
    """Longest text, in bytes, whose compression says nothing."""
    vocabulary: str | None = None
    """File of known words, one on a line; None for no test of the words."""
    unknown: float = 0.35
    """Share of words outside the vocabulary, of a text longer than `unknown_words`, in [0, 1]."""
    unknown_words: int = 20
    """Longest text, in words, whose words are not looked up."""


USUAL = Limits()
"""The limits nobody has changed."""


def signs_of(text: str, question: str, limits: Limits = USUAL) -> tuple[str, ...]:
    """Return the signs of degeneration a text shows, by name; none for an ordinary text.

    Args:
        text: A model's answer.
        question: What it answers; an empty one leaves out ``scripts``, for want of anything to compare with.
        limits: How much of each is allowed.

    Returns:
        Some of ``repetition``, ``replacement`` (a character that stands for bytes that were no text), ``scripts``,
        ``looping`` and ``unknown_words``.
    """
    return _usual_signs_of(text, question) if limits is USUAL else _signs_of(text, question, limits)


def _looked_at(text: str, question: str, limits: Limits) -> tuple[str, ...]:
    found = {
        "repetition": _repeats(text, limits.repetition),
        "replacement": _REPLACEMENT in text,
        "scripts": bool(question) and len(scripts_of(text)) > _scripts_in(question) + limits.extra_scripts,
        "looping": _compression(text, limits.compression_bytes) > limits.compression,
        "unknown_words": limits.vocabulary is not None and _unknown(text, limits) > limits.unknown,
    }
    return tuple(name for name, shown in found.items() if shown)


_signs_of = Remembered(_looked_at)
_usual_signs_of = Remembered(functools.partial(_looked_at, limits=USUAL))


def repetition(text: str, *, n: int = _RUN) -> float | None:
    """Return the share of a text's n-grams that are no new ones, in [0, 1]; None when it holds none.

    Args:
        text: Any text; cut by the tokenizer ``uni``.
        n: Tokens in a run, 1 or more.
    """
    different, there = different_ngrams(tokens(text), n)
    return 1.0 - different / there if there else None


@functools.lru_cache(maxsize=8)
def vocabulary_of(path: str) -> frozenset[str]:
    """Return the words of a file, one on a line, lower-cased.

    Raises:
        UsageError: It can not be read as UTF-8, or holds no word.
    """
    try:
        known = frozenset(Path(path).read_text(encoding="utf-8").lower().split())
    except (OSError, ValueError) as error:
        raise UsageError(f"the vocabulary {path} can not be read", hint="a UTF-8 file, one word on a line") from error
    if not known:
        raise UsageError(f"the vocabulary {path} holds no word", hint="a UTF-8 file, one word on a line")
    return known


@functools.lru_cache(maxsize=256)
def _scripts_in(question: str) -> int:
    # A question of digits alone is still asked in some script.
    return max(1, len(scripts_of(question)))


def _repeats(text: str, limit: float) -> bool:
    """Return whether `repetition` is above a limit."""
    found = tokens(text)
    there = len(found) - _RUN + 1
    # Runs that begin with different words differ, and of the words only the last three may begin none.
    least = len(set(found)) - _RUN + 1
    if there < 1 or (least > 0 and 1.0 - least / there <= limit):
        return limit < 0.0
    return (repetition(text) or 0.0) > limit


def _compression(text: str, longer_than: int) -> float:
    raw = text.encode("utf-8", "surrogatepass")
    return len(raw) / len(zlib.compress(raw, _MOST_EFFORT)) if len(raw) > longer_than else 0.0


def _unknown(text: str, limits: Limits) -> float:
    found = [word for word in words(text) if word.isalpha()]
    if limits.vocabulary is None or len(found) <= limits.unknown_words:
        return 0.0
    known = vocabulary_of(limits.vocabulary)
    return sum(word not in known for word in found) / len(found)
