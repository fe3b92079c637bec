r"""Words and n-grams, frozen: a change here changes published numbers.

A word is a run of ``\w``, and each punctuation mark or symbol by itself: ``\w+|[^\w\s]`` on the lower-cased
text. In scripts written without blanks (Thai, Lao, Burmese, Khmer, kana, Han) each character is a word of its
own; otherwise a Chinese sentence would be a single word, and as diverse as it can be whatever the model does.
"""

from __future__ import annotations

import difflib
import itertools
import re
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from evalkit.errors import UnknownNameError, UsageError
from evalkit.text.remembered import Remembered

R = TypeVar("R")

UNSPACED = (
    r"\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
    r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
"""Characters of scripts written without blanks, to stand in a class of a regular expression."""

_WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
_CHARACTER = re.compile(rf"[{UNSPACED}]")
_WORD_OF_ANY_SCRIPT = re.compile(r"\w+|[^\w\s]")
_MOST_PIECES, _LONGEST_PIECE = 65_536, 64


class Pieces(dict[str, R]):
    """What was made of short strings: a language says few of them, and says them often.

    Some megabytes at the most are kept.
    """

    def __init__(self, make: Callable[[str], R]) -> None:
        """Begin with no piece.

        Args:
            make: Makes something of a piece.
        """
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> R:
        """Return what is made of a piece that was not seen before."""
        found = self._make(piece)
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = found
        return found


# No word reaches over white space, so a text's words are those of its pieces; whether a sigma is the last one of a
# word is told by its piece, too.
_PIECES = Pieces(lambda piece: tuple(map(sys.intern, _WORD.findall(piece))))
_LOWERED = Pieces(lambda piece: tuple(map(sys.intern, _WORD.findall(piece.lower()))))
_LOWER = Pieces(lambda word: sys.intern(word.lower()))


def words(text: str) -> list[str]:
    """Return the words of a text in order, lower-cased, punctuation marks among them."""
    return list(map(_LOWER.__getitem__, tokens(text))) if text.isascii() else list(tokens(text, "uni_lower"))


def _words(text: str) -> tuple[str, ...]:
    # What stands between white space in an ASCII text is what a reader counts, too.
    pieces = tokens(text, "ws") if text.isascii() else text.split()
    return tuple(itertools.chain.from_iterable(map(_PIECES.__getitem__, pieces)))


def _lowered_words(text: str) -> tuple[str, ...]:
    if text.isascii():  # where a word in capitals is the same word
        return tuple(map(_LOWER.__getitem__, tokens(text)))
    return tuple(itertools.chain.from_iterable(map(_LOWERED.__getitem__, text.split())))


def plain_words(text: str) -> list[str]:
    """Return what stands between white space, as it is."""
    return text.split()


def counted_words(text: str) -> list[str]:
    """Return the words a reader would count: what stands between white space, but in unspaced scripts each character.

    Case and punctuation stay. Without the second rule two Chinese answers had no word in common unless they were equal.
    """
    return text.split() if text.isascii() else _CHARACTER.sub(r" \g<0> ", text).split()


def ngrams(tokens: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """Return every run of n neighbours, in order; none when there are fewer than n.

    Args:
        tokens: Words of one text.
        n: Length of a run, 1 or more.

    Raises:
        UsageError: n is below 1.
    """
    if n < 1:
        raise UsageError(f"n-grams of {n} words do not exist", hint="n is 1 or more")
    # A text shorter than n holds none; so many empty ends of it would fill the memory where n is absurd.
    return list(zip(*(tokens[start:] for start in range(n)), strict=False)) if n <= len(tokens) else []


def different_ngrams(tokens: Sequence[str], n: int) -> tuple[int, int]:
    """Return the number of different n-grams of a text, and of all of them.

    Args:
        tokens: Words of one text.
        n: Length of a run, 1 or more.

    Raises:
        UsageError: n is below 1.
    """
    there = len(tokens) - n + 1
    if n < 1 or there < 1:
        return len(ngrams(tokens, n)), 0
    return len(set(zip(*(tokens[start:] for start in range(n)), strict=False))), there


def _interned(cut: Callable[[str], list[str]]) -> Callable[[str], tuple[str, ...]]:
    """Return a way to cut a text that holds each different token once, however many there are."""
    return lambda text: tuple(map(sys.intern, cut(text)))


_TOKENIZERS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "uni": _words,
    "uni_lower": _lowered_words,
    "word": _interned(_WORD_OF_ANY_SCRIPT.findall),
    "ws": _interned(plain_words),
    "char": _interned(list),
}

TOKENIZERS = tuple(_TOKENIZERS)
"""Names of the ways to cut a text: ``uni``, words as `words` gives them but with their case, right for every script;
``uni_lower``, exactly `words`; ``word``, the same without regard to scripts written without blanks; ``ws``, what
stands between white space; ``char``, code points. With ``word`` and ``ws`` a Chinese sentence is one token."""


_CUT = {name: Remembered(cut) for name, cut in _TOKENIZERS.items()}


def tokens(text: str, tokenizer: str = "uni") -> tuple[str, ...]:
    """Return the tokens of a text in order, none when it holds none.

    Args:
        text: Any text.
        tokenizer: One of `TOKENIZERS`.

    Raises:
        UnknownNameError: There is no such tokenizer; the nearest name is the hint.
    """
    if tokenizer not in _CUT:
        near = difflib.get_close_matches(tokenizer, TOKENIZERS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(TOKENIZERS)}"
        raise UnknownNameError(f"there is no tokenizer named {tokenizer!r}", hint=hint)
    return _CUT[tokenizer](text)
