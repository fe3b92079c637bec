"""Word Jaccard distance: how little of their vocabulary two samples share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.words import ngrams, tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Grams: TypeAlias = "frozenset[tuple[str, ...]]"


def _grams(text: str, *, n: int = 1, tokenizer: str = "uni") -> _Grams:
    return frozenset(ngrams(tokens(text, tokenizer), n))


def _matrix(sets: Sequence[_Grams]) -> NDArray[np.float64]:
    return over_unique(sets, _distances)


def _distances(sets: list[_Grams]) -> NDArray[np.float64]:
    from evalkit.text.bags import jaccard

    distances: NDArray[np.float64] = 1.0 - jaccard(sets)
    return distances


def _several(sets: Sequence[_Grams], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    import numpy as np

    from evalkit.metrics.all_pairs import counted_table
    from evalkit.stats.rows import several_products

    sizes = np.array([len(each) for each in sets], dtype=np.float64)
    shared = several_products(counted_table([dict.fromkeys(each, 1) for each in sets]).table, first, second)
    union = sizes[first] + sizes[second] - shared
    return np.asarray(1.0 - np.divide(shared, union, out=np.ones_like(shared), where=union > 0), dtype=np.float64)


@pair_metric(
    label="word Jaccard distance",
    unit="distance",
    bounds=(0.0, 1.0),
    diversity=1,
    prepare=_grams,
    matrix=_matrix,
    several=_several,
)
def word_jaccard_distance(a: _Grams, b: _Grams) -> float:
    """Return the share of the words of two samples that only one of them has, in [0, 1].

    One minus the shared words over all words, each counted once, punctuation marks among them; words, not characters,
    of which unrelated texts share nearly all. `n` makes it runs of n words, 1 unless told otherwise; `tokenizer` says
    what a word is: case counts, unless it is ``uni_lower``. Two texts without a word are the same: 0, and so are two of
    fewer than n words. It does not see order or repetition, and rises where lengths differ.

    References:
        P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 37-50 (1912).
    """
    union = len(a | b)
    return 1.0 - len(a & b) / union if union else 0.0
