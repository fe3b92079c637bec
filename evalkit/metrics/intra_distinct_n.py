"""Intra-distinct-n: how many of a text's own n-grams are different ones."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.text.words import different_ngrams, tokens


def _counted(text: str, *, n: int = 2, tokenizer: str = "uni") -> tuple[int, int]:
    return different_ngrams(tokens(text, tokenizer), n)


@sample_metric(label="intra-distinct-{n}", unit="share", bounds=(0.0, 1.0), depends_on_length=True, prepare=_counted)
def intra_distinct_n(grams: tuple[int, int]) -> float | None:
    """Return the number of different n-grams of one sample over the number of all, in (0, 1].

    The mean over samples is known as the macro form of distinct-n. It tells of repetition inside an answer and nothing
    of variety between answers: equal answers have the value of one of them. It falls with length. `n` is 2 unless told
    otherwise, `tokenizer` says what a word is; a text shorter than n words has no value.

    References:
        X. Gu, K. Cho, J.-W. Ha, S. Kim, "DialogWAE: Multimodal Response Generation with Conditional Wasserstein
        Auto-Encoder", ICLR (2019), arXiv 1805.12352, for the name.
    """
    different, there = grams
    return different / there if there else None
