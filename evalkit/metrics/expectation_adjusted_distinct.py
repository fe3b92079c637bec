"""Expectation-adjusted distinct (EAD): different n-grams over those that random words would give."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import Panel, Undefined
from evalkit.text.grams import grams_of
from evalkit.text.words import tokens


def _tokens(text: str, *, tokenizer: str = "uni") -> tuple[str, ...]:
    return tokens(text, tokenizer)


@set_metric(
    label="EAD",
    unit="ratio",
    bounds=(0.0, math.inf),
    diversity=1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    prepare=_tokens,
    of_options=lambda options: at_least("expectation_adjusted_distinct", options, vocabulary=1, n=1),
)
def expectation_adjusted_distinct(texts: Sequence[tuple[str, ...]], *, n: int = 1, vocabulary: int = 50_000) -> float:
    """Return the number of different n-grams over the number expected of as many drawn evenly from a vocabulary.

    With V the `vocabulary` and C n-grams in all, that number is V (1 - ((V - 1)/V)^C). It frees `distinct_n` of length
    only where every word is equally likely, which holds for no language; V is a convention, for nobody knows that of a
    closed model; and with C far below V it is nearly distinct-n. It can exceed 1. It is here to be compared with
    published numbers at the same V; to compare cells, use `rarefied_distinct_n`. `n` is 1 unless told otherwise; where
    no text has n words, there is no value.

    References:
        S. Liu et al., "Rethinking and Refining the Distinct Metric", ACL (2022), arXiv 2202.13587.
    """
    found = grams_of(texts)
    n_grams = int((found.times * found.total(n)).sum())
    if n_grams == 0:
        raise Undefined("no text is long enough to hold an n-gram; a smaller n, or the tokenizer, may help")
    kinds = len(found.held(n).starts)
    # In logarithms: the plain power loses digits when the vocabulary is large.
    expected = -vocabulary * math.expm1(n_grams * math.log1p(-1.0 / vocabulary)) if vocabulary > 1 else 1.0
    return kinds / expected
