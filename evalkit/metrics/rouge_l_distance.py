"""ROUGE-L distance: how little of two samples is said in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from evalkit.metrics.all_pairs import compared, several_compared
from evalkit.metrics.base import pair_metric
from evalkit.text.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _tokens(text: str, *, tokenizer: str = "uni") -> tuple[str, ...]:
    return tokens(text, tokenizer)


def _matrix(texts: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    return compared(texts, Indel.normalized_distance)


def _several(
    texts: Sequence[tuple[str, ...]], first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    return several_compared(texts, first, second, Indel.normalized_distance)


@pair_metric(
    label="ROUGE-L distance",
    unit="distance",
    bounds=(0.0, 1.0),
    diversity=1,
    prepare=_tokens,
    matrix=_matrix,
    several=_several,
)
def rouge_l_distance(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Return one minus the ROUGE-L F1 of two samples, in [0, 1]: 1 - 2 L/(m + n), L their longest common subsequence.

    The words of the subsequence stand in both samples in the same order, others may stand between; m and n are the
    numbers of words. Two texts without a word are the same: 0; one of them is at 1 from any other. Unlike published
    scripts, which know the letters a to z alone, it has words in every script, punctuation marks among them and case
    kept; `tokenizer` says what a word is. Unequal lengths keep the distance above |m - n|/(m + n).

    References:
        C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL Workshop (2004), section 3.
        V. Padmakumar, H. He, "Does Writing with Language Models Reduce Content Diversity?", ICLR (2024), arXiv
        2309.05196, for its mean over pairs as homogenization.
    """
    return float(Indel.normalized_distance(a, b))
