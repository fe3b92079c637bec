"""N-gram cosine distance: how different the counts of words in two samples are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.words import ngrams, tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Counts: TypeAlias = "frozenset[tuple[tuple[str, ...], int]]"

_DUST = 1e-12


def _counted(text: str, *, n: int = 1, tokenizer: str = "uni") -> _Counts:
    return frozenset(Counter(ngrams(tokens(text, tokenizer), n)).items())


def _matrix(counts: Sequence[_Counts]) -> NDArray[np.float64]:
    return over_unique(counts, _distances)


def _distances(counts: list[_Counts]) -> NDArray[np.float64]:
    import numpy as np

    from evalkit.text.bags import inner_products

    products = inner_products([dict(each) for each in counts])
    squares = np.diagonal(products)
    empty = squares == 0
    lengths = np.sqrt(squares[:, None] * squares[None, :])
    distances = 1.0 - np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    distances[np.ix_(empty, empty)] = 0.0
    distances[distances < _DUST] = 0.0
    return distances


def _several(counts: Sequence[_Counts], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    import numpy as np

    from evalkit.metrics.all_pairs import counted_table
    from evalkit.stats.cosine import several_cosine_distances
    from evalkit.stats.rows import Rows, scaled

    table = counted_table([dict(each) for each in counts]).table
    lengths = np.sqrt(np.asarray((table * table).sum(axis=1)).ravel())
    rows = Rows(scaled(table, 1.0 / np.maximum(lengths, 1.0)), np.arange(len(counts)))
    return several_cosine_distances(rows, first, second)


@pair_metric(unit="distance", bounds=(0.0, 1.0), diversity=1, prepare=_counted, matrix=_matrix, several=_several)
def ngram_cosine_distance(a: _Counts, b: _Counts) -> float:
    """Return one minus the cosine between the word counts of two samples, in [0, 1].

    At 0 two samples have the same words in the same proportions, at 1 none in common. All words weigh the same, so the
    value of a pair hangs on these two texts alone; `vector_distance` weighs rare words more, by what the run holds.
    `n` makes it runs of n words, 1 unless told otherwise; `tokenizer` says what a word is: ``char`` with n = 3 suits
    every script. Two texts without a word are the same: 0, and so are two of fewer than n words; one of them is at 1
    from any other.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    ours, theirs = dict(a), dict(b)
    if not ours or not theirs:
        return float(bool(ours) != bool(theirs))
    product = sum(count * theirs.get(gram, 0) for gram, count in ours.items())
    squares = (sum(count * count for count in counts.values()) for counts in (ours, theirs))
    distance = 1.0 - product / math.sqrt(math.prod(squares))
    # Rounding must not make equal texts differ.
    return distance if distance >= _DUST else 0.0
