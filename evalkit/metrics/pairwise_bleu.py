"""Pairwise BLEU: how much of a sample's n-grams stand in another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.bleu import Numbered, Rules, numbered, pairwise_bleu_matrix
from evalkit.text.bleu import pairwise_bleu as score_of
from evalkit.text.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _numbered(text: str, *, n: int = 4, tokenizer: str = "uni") -> Numbered:
    return numbered(tokens(text, tokenizer), n)


def _matrix(texts: Sequence[Numbered], *, flavour: str) -> NDArray[np.float64]:
    rules = _rules(texts[0], flavour)
    return over_unique(texts, lambda unique: pairwise_bleu_matrix(unique, rules).clip(max=1.0))


def _rules(text: Numbered, flavour: str) -> Rules:
    return Rules(order=len(text.grams), effective_order=flavour == "effective")


@pair_metric(
    label="pairwise BLEU-{n}",
    unit="similarity",
    bounds=(0.0, 1.0),
    diversity=-1,
    prepare=_numbered,
    matrix=_matrix,
    most=300,
)
def pairwise_bleu(a: Numbered, b: Numbered, *, flavour: Literal["effective", "texygen"] = "effective") -> float:
    """Return the BLEU of two samples, each with the other as reference and averaged, in [0, 1]; higher is less diverse.

    Unlike `self_bleu` it does not rise with the number of samples. N-grams up to `n` weigh the same. In the flavour
    ``effective`` a text too short for an n-gram is judged by those it has: equal texts score 1, however short, empty
    ones too, and an empty text is unlike any other. In the flavour ``texygen`` n-grams that a text is too short for
    count as missed, and a text without words scores 0. `tokenizer` says what a word is.

    References:
        T. Shen, M. Ott, M. Auli, M. Ranzato, "Mixture Models for Diverse Machine Translation: Tricks of the Trade",
        ICML (2019), section 4.1, arXiv 1902.07816.
    """
    return min(1.0, score_of(a, b, _rules(a, flavour)))
