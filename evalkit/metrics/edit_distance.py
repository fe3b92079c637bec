"""Edit distance: how much of a text changes when it is edited into another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from rapidfuzz.distance import Levenshtein

from evalkit.errors import UsageError
from evalkit.metrics.all_pairs import compared, several_compared
from evalkit.metrics.base import pair_metric
from evalkit.text.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Sequence: TypeAlias = "str | tuple[str, ...]"


def _beginning(
    text: str, *, unit: Literal["char", "token"] = "char", tokenizer: str = "uni", limit: int = 10_000
) -> _Sequence:
    if limit < 1:
        raise UsageError(f"edit_distance can not compare {limit} places", hint="limit is 1 or more")
    return text[:limit] if unit == "char" else tokens(text, tokenizer)[:limit]


def _matrix(texts: Sequence[_Sequence]) -> NDArray[np.float64]:
    return compared(texts, Levenshtein.normalized_distance)


def _several(texts: Sequence[_Sequence], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    return several_compared(texts, first, second, Levenshtein.normalized_distance)


@pair_metric(
    unit="distance", bounds=(0.0, 1.0), diversity=1, prepare=_beginning, matrix=_matrix, several=_several, most=500
)
def edit_distance(a: _Sequence, b: _Sequence) -> float:
    """Return the edit distance of two samples over the length of the longer, in [0, 1]; Levenshtein's, normalised.

    The distance is the least number of places to insert, delete or replace. Places are characters, or with ``unit:
    token`` the words of `tokenizer`, which is advised above 5,000 characters. Two empty texts are the same: 0.
    Unrelated English sentences are 0.75 to 0.85 apart in characters, not 1. The first `limit` places of each text are
    compared, 10,000 unless told otherwise, because the work grows with the product of the lengths.

    References:
        V. I. Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and Reversals", Soviet
        Physics Doklady 10(8), 707-710 (1966).
        L. Yujian, L. Bo, "A Normalized Levenshtein Distance Metric", IEEE Transactions on Pattern Analysis and
        Machine Intelligence 29(6), 1091-1095 (2007), for the ways to normalise; this one is no metric.
    """
    return float(Levenshtein.normalized_distance(a, b))
