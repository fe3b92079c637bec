"""All pairs at once: a comparison of two sequences, over every two of many."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from evalkit.metrics.base import over_unique

_AT_A_TIME = 100_000  # pairs
_FIRST_SURROGATE, _SURROGATES = 0xD800, 0x800

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.rows import Rows


def several_compared(
    items: Sequence[Any], first: NDArray[np.intp], second: NDArray[np.intp], scorer: Callable[..., float]
) -> NDArray[np.float64]:
    """Return a scorer over some pairs, (m,).

    Args:
        items: (n,) texts, or tuples of tokens; all of one kind.
        first: (m,) place of the first of each pair.
        second: (m,) place of the second.
        scorer: One of rapidfuzz, symmetric.
    """
    import numpy as np

    coded = _as_text(items)
    found = np.empty(len(first))
    for start in range(0, len(first), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        ours, theirs = ([coded[place] for place in places[part].tolist()] for places in (first, second))
        found[part] = process.cpdist(ours, theirs, scorer=scorer, dtype=np.float64, workers=1)
    return found


def counted_table(bags: Sequence[Mapping[Hashable, int]]) -> Rows:
    """Return the counts of things as rows, a column for each thing.

    Args:
        bags: (n,) counts by thing.
    """
    import numpy as np

    from evalkit.stats.rows import Rows, sparse_table

    codes: defaultdict[Hashable, int] = defaultdict()
    codes.default_factory = codes.__len__
    lengths = np.array([len(bag) for bag in bags], dtype=np.intp)
    things, counts = itertools.chain.from_iterable(bags), itertools.chain.from_iterable(bag.values() for bag in bags)
    columns = np.fromiter(map(codes.__getitem__, things), dtype=np.intp, count=int(lengths.sum()))
    values = np.fromiter(counts, dtype=np.float64, count=len(columns))
    places = np.arange(len(bags))
    table = sparse_table(values, np.repeat(places, lengths), columns, (len(bags), max(1, len(codes))))
    return Rows(table, places)


def _as_text(items: Sequence[Any]) -> Sequence[Any]:
    """Return tokens as characters, which compare fastest; as numbers where there are more than characters."""
    if isinstance(items[0], str):
        return items
    codes: defaultdict[Hashable, str] = defaultdict()
    codes.default_factory = lambda: chr(len(codes) + (_SURROGATES if len(codes) >= _FIRST_SURROGATE else 0))
    try:
        return ["".join(map(codes.__getitem__, each)) for each in items]
    except ValueError:  # no such character
        return _numbered(items)


def _numbered(items: Sequence[Any]) -> Sequence[Any]:
    """Return tokens by number: comparing words would hash them again and again; texts as they are."""
    codes: defaultdict[Hashable, int] = defaultdict()
    codes.default_factory = codes.__len__
    return [each if isinstance(each, str) else list(map(codes.__getitem__, each)) for each in items]


def compared(items: Sequence[Any], scorer: Callable[..., float]) -> NDArray[np.float64]:
    """Return a scorer over all pairs, (n, n); equal items are compared once.

    Args:
        items: (n,) texts, or tuples of tokens; all of one kind.
        scorer: One of rapidfuzz, symmetric.
    """

    def kernel(unique: list[Any]) -> NDArray[np.float64]:
        import numpy as np

        coded = _numbered(unique)
        scores: NDArray[np.float64] = process.cdist(coded, coded, scorer=scorer, dtype=np.float64, workers=1)
        return scores

    return over_unique(items, kernel)
