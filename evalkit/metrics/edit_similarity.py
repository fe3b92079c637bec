"""Edit similarity: how much of a text stays when it is edited into another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from evalkit.errors import UsageError
from evalkit.metrics.all_pairs import compared, several_compared
from evalkit.metrics.base import pair_metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _beginning(text: str, *, limit: int = 10_000) -> str:
    if limit < 1:
        raise UsageError(f"edit_similarity can not compare {limit} characters", hint="limit is 1 or more")
    return text[:limit]


def _matrix(texts: Sequence[str]) -> NDArray[np.float64]:
    return compared(texts, Levenshtein.normalized_similarity)


def _several(texts: Sequence[str], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    return several_compared(texts, first, second, Levenshtein.normalized_similarity)


@pair_metric(
    unit="similarity", bounds=(0.0, 1.0), diversity=-1, prepare=_beginning, matrix=_matrix, several=_several, most=500
)
def edit_similarity(a: str, b: str) -> float:
    """Return one minus the edit distance of two samples over the length of the longer, in [0, 1].

    The distance is the least number of characters to insert, delete or replace. Two empty texts are the same:
    1. Unrelated English sentences score about 0.2, not 0. The first `limit` characters of each text are compared,
    10,000 unless told otherwise, because the work grows with the product of the lengths.

    References:
        V. I. Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and Reversals", Soviet
        Physics Doklady 10(8), 707-710 (1966).
        L. Yujian, L. Bo, "A Normalized Levenshtein Distance Metric", IEEE Transactions on Pattern Analysis and
        Machine Intelligence 29(6), 1091-1095 (2007), for the ways to normalise.
    """
    return float(Levenshtein.normalized_similarity(a, b))
