"""Word Jaccard distance: how little of their vocabulary two samples share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.words import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 4096


def _word_set(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _matrix(sets: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    return over_unique(sets, _distances)


def _distances(sets: list[frozenset[str]]) -> NDArray[np.float64]:
    import numpy as np

    # Blocks of the vocabulary bound the memory: a cell of long texts may hold a million words.
    columns = {word: column for column, word in enumerate(sorted(frozenset().union(*sets)))}
    rows = [np.sort(np.array([columns[word] for word in each], dtype=np.intp)) for each in sets]
    shared = np.zeros((len(sets), len(sets)))
    for start in range(0, len(columns), _BLOCK):
        present = np.zeros((len(sets), _BLOCK), dtype=np.float32)
        for row, found in enumerate(rows):
            low, high = np.searchsorted(found, (start, start + _BLOCK))
            present[row, found[low:high] - start] = 1.0
        shared += present @ present.T
    sizes = np.array([len(each) for each in sets], dtype=np.float64)
    union = sizes[:, None] + sizes[None, :] - shared
    distances: NDArray[np.float64] = 1.0 - np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    return distances


@pair_metric(unit="distance", bounds=(0.0, 1.0), diversity=1, prepare=_word_set, matrix=_matrix)
def word_jaccard_distance(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of the words of two samples that only one of them has, in [0, 1].

    One minus the shared words over all words, each counted once, lower-cased, punctuation marks among them. Two
    texts without a word are the same: 0. It does not see order or repetition, and rises where lengths differ.

    References:
        P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 37-50 (1912).
    """
    union = len(a | b)
    return 1.0 - len(a & b) / union if union else 0.0
