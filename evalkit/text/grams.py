"""N-grams of many texts at once, as numbers: which stands in which text, and how often.

Different texts are looked at once, however often each is said. A token has a number, an n-gram that of the run one
shorter with the next token's, so no two n-grams share one; what is sorted are integers.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.errors import UsageError
from evalkit.text.remembered import until_forgotten

Integers = NDArray[np.int64]
Places = NDArray[np.int32]

_MOST_BITS = 62
_KEPT = 2
_FEW = 100  # times as many texts, of which these are looked at by themselves
_TOGETHER = 4
_MOST_TOGETHER = 50_000  # tokens of texts whose n-grams of the first lengths are sorted together
_MOST_KEPT = 2_000_000  # tokens of texts whose n-grams are kept for the next metric; those of more are sorted again


class Held(NamedTuple):
    """The n-grams of one length, one after the other, and the different texts that hold each."""

    starts: Places
    """(m,) where each different n-gram begins in the other two."""
    texts: Places
    """(k,) places of the texts that hold it, ascending."""
    counts: Places
    """(k,) how often each does, 1 or more."""

    @property
    def sizes(self) -> Places:
        """(m,) number of different texts that hold each n-gram."""
        return lengths_of(self.starts, len(self.texts))


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
        tokens: Places = np.fromiter(told, dtype=np.int32, count=int(self.lengths.sum()))
        self._owners: Places = np.repeat(np.arange(len(places), dtype=np.int32), self.lengths)
        # Tokens from here to the end of the text.
        self._left: Places = np.repeat(np.cumsum(self.lengths).astype(np.int32), self.lengths)
        self._left -= np.arange(len(tokens), dtype=np.int32)
        self._owner_bits = len(places).bit_length()
        self._codes: dict[int, tuple[Integers | Places, int]] = {1: (tokens, len(kinds).bit_length())}
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
        if n <= _TOGETHER and self._few:
            whole, groups, rows = self._together
            one = slice(groups[n - 1], groups[n]), slice(rows[n - 1], rows[n])
            places = whole.texts[one[1]] - np.int32((n - 1) * len(self.lengths))
            return Held(whole.starts[one[0]] - np.int32(rows[n - 1]), places, whole.counts[one[1]])
        found = self._held.get(n)
        if found is None:
            found = self._found(n)
            if len(self._owners) <= _MOST_KEPT:
                self._held[n] = found
        return found

    def up_to(self, order: int) -> Iterator[Held]:
        """Yield the n-grams of lengths 1 to `order`, several lengths at once where texts are few.

        The texts have as many numbers as there are lengths: a text's place, and (n - 1) u more for an n-gram.

        Args:
            order: Longest n-gram, 1 or more.
        """
        if order <= _TOGETHER and self._few:
            whole, groups, rows = self._together
            yield Held(whole.starts[: groups[order]], whole.texts[: rows[order]], whole.counts[: rows[order]])
            return
        for n in range(1, order + 1):
            yield self._moved(n)  # by no name of its own, so that it goes when the caller lets it go

    def total(self, n: int) -> Integers:
        """Return the number of n-grams of each different text, (u,)."""
        return np.maximum(0, self.lengths - (n - 1))

    def pooled(self, n: int) -> Integers:
        """Return how often each different n-gram stands in all texts, (m,), each text as often as it is said."""
        grams = self.held(n)
        counts = grams.counts * self.times[grams.texts]
        return np.add.reduceat(counts, grams.starts) if len(counts) else counts

    def _moved(self, n: int) -> Held:
        grams = self.held(n)
        return grams._replace(texts=grams.texts + np.int32((n - 1) * len(self.lengths)))

    @property
    def _few(self) -> bool:
        """Whether numbers hold n-grams and texts of all lengths that are looked at together."""
        slots = (_TOGETHER * len(self.lengths)).bit_length()
        return len(self._owners) <= _MOST_TOGETHER and (_TOGETHER + 1) * self._codes[1][1] + slots <= _MOST_BITS

    @functools.cached_property
    def _together(self) -> tuple[Held, list[int], list[int]]:
        """What `up_to` yields of all lengths at once, and where each length begins in its groups and in its rows."""
        u, bits = len(self.lengths), _TOGETHER * self._codes[1][1]
        slot_bits = (_TOGETHER * u).bit_length()
        parts = []
        for n in range(1, _TOGETHER + 1):
            there = slice(None) if n == 1 else self._left >= n
            codes = self._numbered(n)[0][there].astype(np.int64) | ((n - 1) << bits)
            parts.append((codes << slot_bits) | (self._owners[there] + (n - 1) * u))
        keys = np.sort(np.concatenate(parts))
        rows = starts_of(keys)
        held = keys[rows]
        slots = (held & ((1 << slot_bits) - 1)).astype(np.int32)
        whole = Held(starts_of(held >> slot_bits), slots, lengths_of(rows, len(keys)))
        edges = np.searchsorted(held, np.arange(_TOGETHER + 1) << (bits + slot_bits))
        return whole, np.searchsorted(whole.starts, edges.astype(np.int32)).tolist(), edges.tolist()

    def _found(self, n: int) -> Held:
        if not len(self.lengths) or n > int(self.lengths.max()):
            none = np.zeros(0, dtype=np.int32)
            return Held(none, none, none)
        codes, bits = self._numbered(n)
        there = self._left >= n
        keys = codes[there].astype(np.int64, copy=False)
        del codes
        if bits + self._owner_bits > _MOST_BITS:
            keys = _dense(keys, bits)[0].astype(np.int64)
        keys <<= self._owner_bits
        keys |= self._owners[there]
        keys.sort()
        rows = starts_of(keys)
        n_rows, keys = len(keys), keys[rows]
        starts = starts_of(keys >> self._owner_bits)
        keys &= (1 << self._owner_bits) - 1
        return Held(starts=starts, texts=keys.astype(np.int32), counts=lengths_of(rows, n_rows))

    def _numbered(self, n: int) -> tuple[Integers | Places, int]:
        """Return the number of the n-gram that begins at each place, and the bits it takes.

        It is made of those of two shorter ones, one behind the other, which are kept. Where a text has none, what
        stands there is not looked at.
        """
        if n in self._codes:
            return self._codes[n]
        first = 1 << ((n - 1).bit_length() - 1)
        for part in (first, n - first):
            self._codes[part] = self._numbered(part)
        for part in (first, n - first):
            if self._codes[first][1] + self._codes[n - first][1] + self._owner_bits > _MOST_BITS:
                self._codes[part] = _dense(*self._codes[part])
        (ours, our_bits), (theirs, their_bits) = self._codes[first], self._codes[n - first]
        longer = ours.astype(np.int64)
        longer <<= their_bits
        longer[: len(ours) - first] |= theirs[first:]
        return longer, our_bits + their_bits


class _Part(Grams):
    """Some of the texts whose n-grams are known."""

    def __init__(self, whole: Grams, places: Sequence[int]) -> None:
        kept, self.place_of = np.unique(whole.place_of[list(places)], return_inverse=True)
        self.times, self.lengths = np.bincount(self.place_of), whole.lengths[kept]
        self._whole = whole
        self._number = np.full(len(whole.lengths), -1, dtype=np.int32)
        self._number[kept] = np.arange(len(kept))

    def held(self, n: int) -> Held:
        """Return the n-grams of one length that these texts hold."""
        grams = self._whole.held(n)
        texts = self._number[grams.texts]
        there = texts >= 0
        group = np.repeat(np.arange(len(grams.starts)), grams.sizes)[there]
        return Held(starts_of(group), texts[there], grams.counts[there])

    @property
    def _few(self) -> bool:
        return False


def grams_of(texts: Sequence[Sequence[str]]) -> Grams:
    """Return the n-grams of texts; those of the last cells are kept, for what asks for them again, or for some of them.

    Args:
        texts: Tokens of each text.
    """
    given = list(texts)
    for known, _, found in _recent:
        if known == given:
            return found
    for known, place_of, found in _recent:
        if len(given) * _FEW < len(known):
            continue  # to go through all of them takes longer
        places = [place_of.get(id(text), -1) for text in given]
        if places and min(places) >= 0:
            return _Part(found, places)
    made = Grams(given)
    _recent.insert(0, (given, {id(text): place for place, text in enumerate(given)}, made))
    del _recent[_KEPT:]
    return made


_recent: list[tuple[list[Sequence[str]], dict[int, int], Grams]] = []
until_forgotten(_recent)


def lengths_of(starts: Places, end: int) -> Places:
    """Return how long each run is, (m,).

    Args:
        starts: (m,) where runs begin, one behind the other.
        end: Where the last one ends.
    """
    found = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=found[:-1])
    found[-1:] = end - starts[-1:]
    return found


def starts_of(ordered: Integers | Places) -> Places:
    """Return where runs of equal numbers begin."""
    new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new).astype(np.int32)


def _dense(codes: Integers | Places, bits: int) -> tuple[Places, int]:
    """Return numbers without gaps for numbers of so many bits, equal ones for equal ones, and the bits they take."""
    place_bits = len(codes).bit_length()
    if bits + place_bits <= _MOST_BITS:  # sorting numbers with their places behind them takes a third of an argsort
        ordered: Integers | Places = codes.astype(np.int64)
        ordered <<= place_bits
        ordered |= np.arange(len(codes))
        ordered.sort()
        order = ordered & ((1 << place_bits) - 1)
        ordered >>= place_bits
    else:
        order = np.argsort(codes)
        ordered = codes[order]
    new = np.zeros(len(codes), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    del ordered
    ranks = np.empty(len(codes), dtype=np.int32)
    ranks[order] = np.cumsum(new, dtype=np.int32)
    return ranks, max(1, int(new.sum()) + 1).bit_length()
