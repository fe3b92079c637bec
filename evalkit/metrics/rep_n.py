"""Rep-n: how much of a text is said again in it."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.text.words import different_ngrams, tokens


def _counted(text: str, *, n: int = 4, tokenizer: str = "uni") -> tuple[int, int]:
    return different_ngrams(tokens(text, tokenizer), n)


@sample_metric(label="rep-{n}", unit="share", bounds=(0.0, 1.0), depends_on_length=True, prepare=_counted)
def rep_n(grams: tuple[int, int]) -> float | None:
    """Return the share of a sample's n-grams that stood in it before, in [0, 1): one minus different over all.

    Higher is worse: a model that loops, as some do at low temperature, is near 1. It says nothing of variety between
    samples and rises with length. `n` is 4 unless told otherwise, `tokenizer` says what a word is; a text shorter than
    n words has no value, rather than a perfect one.

    References:
        S. Welleck et al., "Neural Text Generation with Unlikelihood Training", ICLR (2020), arXiv
        1908.04319.
        Y. Su et al., "A Contrastive Framework for Neural Text Generation", NeurIPS (2022), arXiv
        2202.06417.
    """
    different, there = grams
    return (there - different) / there if there else None
