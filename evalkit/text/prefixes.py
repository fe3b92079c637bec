"""Common prefixes: how far two sequences are the same from the beginning."""

from __future__ import annotations

import functools
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.text.remembered import Remembered, until_forgotten
from evalkit.text.words import TOKENIZERS, counted_words, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Told: TypeAlias = "tuple[tuple[str, ...], int]"
"""A sequence, and how often it came."""

_KEPT = 2

UNITS = ("words", "characters", *TOKENIZERS)
"""What a prefix may be counted in: words as a reader counts them, code points, or the tokens of a tokenizer."""


def units(text: str, *, unit: str = "words") -> tuple[str, ...]:
    """Return what a prefix of the text is counted in, in order.

    Args:
        text: Any text.
        unit: One of `UNITS`.

    Raises:
        UnknownNameError: There is no such unit.
    """
    if unit == "words":
        # What stands between white space is what an ASCII text is cut into anyhow.
        return tokens(text, "ws") if text.isascii() else _words(text)
    return tuple(text if unit == "characters" else tokens(text, unit))


def units_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what prefixes of texts are counted in, words as a reader counts them; those of the last cells are kept.

    Args:
        texts: (n,) texts.
    """
    given = list(texts)
    for known, found in _cut:
        if known == given:
            return found
    cut = {text: units(text) for text in dict.fromkeys(given)}
    made = list(map(cut.__getitem__, given))
    _cut.insert(0, (given, made))
    del _cut[_KEPT:]
    return made


_cut: list[tuple[list[str], list[tuple[str, ...]]]] = []
until_forgotten(_cut)


def _interned(text: str) -> tuple[str, ...]:
    # Of millions of words each different one is held once.
    return tuple(map(sys.intern, counted_words(text)))


_words = Remembered(_interned)


def scale_of(unit: str, *, fraction: bool) -> tuple[str, tuple[float, float]]:
    """Return the name of what a common prefix is measured in, and its least and greatest value.

    Args:
        unit: One of `UNITS`.
        fraction: Whether it is a share of the longer sequence.
    """
    if fraction:
        return "share", (0.0, 1.0)
    return unit if unit in {"words", "characters"} else "tokens", (0.0, math.inf)


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the number of places at which both are the same, up to the first where they are not."""
    count = 0
    for ours, theirs in zip(a, b, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def common_prefixes(items: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """Return the common prefix of every two of n sequences, (n, n); on the diagonal stand their lengths.

    Args:
        items: (n,) each cut into words or the like.
    """
    # In sorted order a pair shares the least of what the neighbours between the two share.
    order = sorted(range(len(items)), key=items.__getitem__)
    steps = np.array([common_prefix(items[i], items[j]) for i, j in pairwise(order)], dtype=np.float64)
    shared = np.diag(np.array([len(item) for item in items], dtype=np.float64))
    for place, row in enumerate(order[:-1]):
        later = order[place + 1 :]
        shared[row, later] = shared[later, row] = np.minimum.accumulate(steps[place:])
    return shared


class Beginnings:
    """Sequences in order, each different one once: a pair shares the least of what neighbours between the two share."""

    def __init__(self, items: Sequence[tuple[str, ...]]) -> None:
        """Put sequences in order.

        Args:
            items: (n,) each cut into words or the like.
        """
        self.told: list[_Told] = sorted(Counter(items).items(), key=itemgetter(0))
        """Each different sequence with how often it came, in order."""

    @functools.cached_property
    def agreeing(self) -> tuple[list[int], int]:
        """What `agreeing_pairs` returns of all places."""
        equal = sum(n * (n - 1) // 2 for _, n in self.told)
        ending = self._parting
        at_least = accumulate(ending.get(place, 0) for place in range(max(ending, default=0), 0, -1))
        return [equal + n for n in at_least][::-1], equal

    @functools.cached_property
    def _parting(self) -> Counter[int]:
        """How many pairs of different ones share how many places."""
        found: Counter[int] = Counter()
        # Blocks to the left of where we are: places that each shares with the next one, and how many it holds.
        blocks: list[tuple[int, int]] = []
        n_last = 0
        last: tuple[str, ...] = ()
        for words, n in [*self.told, ((), 0)]:
            shared = common_prefix(last, words)
            while blocks and blocks[-1][0] > shared:
                place, before = blocks.pop()
                found[place] += before * n_last
                n_last += before
            blocks.append((shared, n_last))
            n_last, last = n, words
        return found


def beginnings(items: Sequence[tuple[str, ...]]) -> Beginnings:
    """Return sequences in order; those of the last cells are kept, for what asks for them again.

    Args:
        items: (n,) each cut into words or the like.
    """
    given = list(items)
    for known, found in _recent:
        if known == given:
            return found
    made = Beginnings(given)
    _recent.insert(0, (given, made))
    del _recent[_KEPT:]
    return made


_recent: list[tuple[list[tuple[str, ...]], Beginnings]] = []
until_forgotten(_recent)


def agreeing_pairs(items: Sequence[tuple[str, ...]], *, most: int | None = None) -> tuple[list[int], int]:
    """Return how many unordered pairs are the same in their first k places, for k = 1, 2, ...; and how many are equal.

    Equal sequences agree in any number of places, beyond their end, too; others not beyond the end of the shorter one.
    The list ends behind the last k at which any two that differ agree, or at `most`. No pair is looked at: sequences
    are put in order, so that thousands cost little more than reading them.

    Args:
        items: (n,) each cut into words or the like.
        most: Places to look at; all when None.
    """
    agreeing, equal = beginnings(items).agreeing
    return agreeing[:most], equal


def _parted(group: Sequence[_Told], place: int) -> Iterator[list[_Told]]:
    """Yield those that are the same at a place, two or more together; what ends before has nobody there."""
    ways: defaultdict[str, list[_Told]] = defaultdict(list)
    for each in group:
        if len(each[0]) > place:
            ways[each[0][place]].append(each)
    return (found for found in ways.values() if len(found) > 1)


def _between(group: Sequence[_Told]) -> int:
    """Return how many pairs there are of different ones, each of which stands there so many times."""
    times = [n for _, n in group]
    total = sum(times)
    return (total**2 - (total if total == len(times) else sum(n * n for n in times))) // 2


def median_shared(items: Sequence[tuple[str, ...]]) -> float:
    """Return the median common prefix of unordered pairs; infinite where half of them are equal.

    Args:
        items: (n,) each cut into words or the like, n at least 2.
    """
    agreeing, equal = agreeing_pairs(items)
    n_pairs = math.comb(len(items), 2)
    # So many share k places or more; the two in the middle share what the last k says that reaches so far down.
    at_least = [n_pairs, *agreeing]
    low, high = (_reaching(at_least, equal, rank) for rank in (n_pairs // 2 + 1, (n_pairs + 1) // 2))
    return (low + high) / 2


def median_parting(items: Sequence[tuple[str, ...]], *, fraction: bool = False) -> float | None:
    """Return the median common prefix of unordered pairs that differ; None where all are equal.

    Args:
        items: (n,) each cut into words or the like, n at least 2.
        fraction: Whether a common prefix is divided by the length of the longer one.
    """
    if fraction:
        return _median_of_counted(_fractions(items))
    agreeing, equal = agreeing_pairs(items)
    n_pairs = math.comb(len(items), 2) - equal
    if not n_pairs:
        return None
    at_least = [n_pairs, *(n - equal for n in agreeing)]
    low, high = (_reaching(at_least, 0, rank) for rank in (n_pairs // 2 + 1, (n_pairs + 1) // 2))
    return (low + high) / 2


def _fractions(items: Sequence[tuple[str, ...]]) -> Counter[float]:
    """Return how many pairs that differ share which part of the longer one."""
    times = Counter(items)
    found: Counter[float] = Counter()
    groups, place = [list(times.items())], 0
    while groups:
        within = []
        for group in groups:
            own = list(_parted(group, place))
            # Those that part here are in the group together, and in none of those that go on.
            for longer, n in _by_longer(group).items():
                found[place / longer] += n
            for each in own:
                for longer, n in _by_longer(each).items():
                    found[place / longer] -= n
            within += own
        groups, place = within, place + 1
    return found


def _by_longer(group: Sequence[_Told]) -> Counter[int]:
    """Return how many pairs of different ones have which length of the longer."""
    by_length: defaultdict[int, list[_Told]] = defaultdict(list)
    for each in group:
        by_length[len(each[0])].append(each)
    found: Counter[int] = Counter()
    shorter = 0
    for length, own in sorted(by_length.items()):
        here = sum(n for _, n in own)
        if n := _between(own) + shorter * here:
            found[length] = n
        shorter += here
    return found


def _median_of_counted(counts: Counter[float]) -> float | None:
    total = counts.total()
    if not total:
        return None
    seen, middle = 0, []
    for value, n in sorted(counts.items()):
        middle += [value for rank in {(total + 1) // 2, total // 2 + 1} if seen < rank <= seen + n]
        seen += n
    return (middle[0] + middle[-1]) / 2


def prefix_sums(
    items: Sequence[tuple[str, ...]], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Return for each item the sum of its common prefixes with all others, and the least and greatest of a pair.

    In time linear in what is shared: no pair is looked at.

    Args:
        items: (u,) each cut into words or the like.
        counts: (u,) how often each came; their sum is 2 or more.
    """
    times: Counter[tuple[str, ...]] = Counter()
    for item, count in zip(items, counts.tolist(), strict=True):
        times[item] += int(count)
    sums = {item: float((n - 1) * len(item)) for item, n in times.items()}
    ends = [len(item) for item, n in times.items() if n > 1]
    ends += [common_prefix(a, b) for a, b in pairwise(sorted(times))]
    groups, place = [list(times.items())], 0
    while groups:
        groups = [group for each in groups for group in _parted(each, place)]
        for group in groups:
            whole = sum(n for _, n in group)
            for item, n in group:
                sums[item] += whole - n
        place += 1
    return np.array([sums[item] for item in items]), (float(min(ends)), float(max(ends)))


def _reaching(at_least: Sequence[int], equal: int, rank: int) -> float:
    """Return what the pair of a rank shares, the greatest first, from 1."""
    return math.inf if rank <= equal else float(sum(n >= rank for n in at_least) - 1)


def of_longer(shared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return common prefixes as shares of the longer one, in [0, 1]; two empty ones are the same, 1.

    Args:
        shared: (n, n) as `common_prefixes` gives them.
    """
    lengths = np.diagonal(shared)
    longer = np.maximum(lengths[:, None], lengths[None, :])
    return np.divide(shared, longer, out=np.ones_like(shared), where=longer > 0)
