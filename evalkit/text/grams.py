"""N-grams of many texts at once, as numbers: which stands in which text, and how often.

Different texts are looked at once, however often each is said. A token has a number, an n-gram that of the run one
shorter with the next token's, so no two n-grams share one; what is sorted are integers.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.errors import UsageError
from evalkit.text.remembered import until_forgotten

Integers = NDArray[np.int64]

_MOST_BITS = 62
_KEPT = 2


class Held(NamedTuple):
    """The n-grams of one length, one after the other, and the different texts that hold each."""

    starts: Integers
    """(m,) where each different n-gram begins in the other two."""
    texts: Integers
    """(k,) places of the texts that hold it, ascending."""
    counts: Integers
    """(k,) how often each does, 1 or more."""

    @property
    def sizes(self) -> Integers:
        """(m,) number of different texts that hold each n-gram."""
        return np.diff(self.starts, append=len(self.texts))


class Grams:
    """Texts as numbers: each different one once, with the n-grams of any length."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Number the tokens of texts.

        Args:
            texts: Tokens of each text.
        """
        places: dict[tuple[str, ...], int] = {}
        self.place_of = np.array([places.setdefault(tuple(text), len(places)) for text in texts], dtype=np.intp)
        """(n,) of each text, which of the different ones it is."""
        self.times = np.bincount(self.place_of, minlength=len(places))
        """(u,) how often each different text is said."""
        self.lengths = np.array([len(text) for text in places], dtype=np.int64)
        """(u,) tokens of each."""
        kinds: defaultdict[str, int] = defaultdict(itertools.count().__next__)
        told = map(kinds.__getitem__, itertools.chain.from_iterable(places))
        tokens: Integers = np.fromiter(told, dtype=np.int64, count=int(self.lengths.sum()))
        self._owners: Integers = np.repeat(np.arange(len(places)), self.lengths)
        left = np.repeat(np.cumsum(self.lengths), self.lengths) - np.arange(len(tokens))
        self._left: Integers = left  # tokens from here to the end of the text
        self._owner_bits = len(places).bit_length()
        self._codes = {1: (tokens, len(kinds).bit_length())}
        self._held: dict[int, Held] = {}

    def held(self, n: int) -> Held:
        """Return the n-grams of one length that the different texts hold.

        Args:
            n: Tokens in a run, 1 or more.

        Raises:
            UsageError: n is below 1.
        """
        if n < 1:
            raise UsageError(f"n-grams of {n} words do not exist", hint="n is 1 or more")
        if n not in self._held:
            self._held[n] = self._found(n)
        return self._held[n]

    def total(self, n: int) -> Integers:
        """Return the number of n-grams of each different text, (u,)."""
        return np.maximum(0, self.lengths - (n - 1))

    def pooled(self, n: int) -> Integers:
        """Return how often each different n-gram stands in all texts, (m,), each text as often as it is said."""
        grams = self.held(n)
        counts = grams.counts * self.times[grams.texts]
        return np.add.reduceat(counts, grams.starts) if len(counts) else counts

    def _found(self, n: int) -> Held:
        if not len(self.lengths) or n > int(self.lengths.max()):
            none = np.zeros(0, dtype=np.int64)
            return Held(none, none, none)
        at = np.flatnonzero(self._left >= n)
        codes, bits = self._numbered(n)
        codes = codes[at] if bits + self._owner_bits <= _MOST_BITS else _dense(codes[at])[0]
        keys = np.sort((codes << self._owner_bits) | self._owners[at])
        rows = _starts(keys)
        held = keys[rows]
        return Held(
            starts=_starts(held >> self._owner_bits),
            texts=held & ((1 << self._owner_bits) - 1),
            counts=np.diff(rows, append=len(keys)),
        )

    def _numbered(self, n: int) -> tuple[Integers, int]:
        """Return the number of the n-gram that begins at each place, and the bits it takes.

        It is made of those of two shorter ones, one behind the other. Where a text has none, what stands there is not
        looked at.
        """
        if n not in self._codes:
            first = 1 << ((n - 1).bit_length() - 1)
            for part in (first, n - first):
                if sum(self._numbered(each)[1] for each in (first, n - first)) + self._owner_bits > _MOST_BITS:
                    self._codes[part] = _dense(self._codes[part][0])
            (ours, our_bits), (theirs, their_bits) = self._codes[first], self._codes[n - first]
            longer = np.zeros_like(ours)
            longer[: len(ours) - first] = (ours[: len(ours) - first] << their_bits) | theirs[first:]
            self._codes[n] = longer, our_bits + their_bits
        return self._codes[n]


def grams_of(texts: Sequence[Sequence[str]]) -> Grams:
    """Return the n-grams of texts; those of the last cells are kept, for the next metric that asks for the same.

    Args:
        texts: Tokens of each text.
    """
    given = list(texts)
    for known, found in _recent:
        if known == given:
            return found
    made = Grams(given)
    _recent.insert(0, (given, made))
    del _recent[_KEPT:]
    return made


_recent: list[tuple[list[Sequence[str]], Grams]] = []
until_forgotten(_recent)


def _starts(ordered: Integers) -> Integers:
    """Return where runs of equal numbers begin."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else ordered


def _dense(codes: Integers) -> tuple[Integers, int]:
    """Return numbers without gaps for numbers, equal ones for equal ones, and the bits they take."""
    order = np.argsort(codes)
    ordered = codes[order]
    ranks = np.zeros_like(codes)
    ranks[order[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
    return ranks, max(1, int(ranks.max(initial=0)) + 1).bit_length()
