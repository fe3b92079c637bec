"""Distinct-n: how many of the n-grams are different ones."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Undefined
from evalkit.text.words import ngrams, words


def _ngrams(text: str, *, n: int = 2) -> tuple[tuple[str, ...], ...]:
    return tuple(ngrams(words(text), n))


@set_metric(unit="share", bounds=(0.0, 1.0), diversity=1, prepare=_ngrams)
def distinct_n(grams: Sequence[tuple[tuple[str, ...], ...]]) -> float:
    """Return the number of different word n-grams over the number of all, pooled over the samples.

    Words are lower-cased, punctuation marks among them; `n` is 2 unless told otherwise. It falls with the number
    of samples and with their length, whatever the model does: compare only cells of the same number of samples,
    and look at the lengths beside it. Texts shorter than n words give nothing; where no text has n words, there
    is no value.

    References:
        J. Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL (2016),
        section 5, arXiv 1510.03055. There the divisor is the number of words; the number of n-grams, used
        here, is today's custom.
    """
    total = sum(map(len, grams))
    if total == 0:
        raise Undefined("no text is long enough to hold an n-gram")
    return len(set().union(*grams)) / total
