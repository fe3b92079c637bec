"""Distinct-n: how many of the n-grams are different ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import Panel, Undefined
from evalkit.text.grams import grams_of
from evalkit.text.words import tokens


def _tokens(text: str, *, tokenizer: str = "uni") -> tuple[str, ...]:
    return tokens(text, tokenizer)


@set_metric(
    label="distinct-{n}",
    unit="share",
    bounds=(0.0, 1.0),
    diversity=1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    prepare=_tokens,
    of_options=lambda options: at_least("distinct_n", options, n=1),
)
def distinct_n(texts: Sequence[tuple[str, ...]], *, n: int = 2, per: Literal["ngrams", "words"] = "ngrams") -> float:
    """Return the number of different n-grams over the number of all, pooled over the samples, in (0, 1].

    `n` is 2 unless told otherwise, `tokenizer` says what a word is: case counts, unless it is ``uni_lower``. An n-gram
    never reaches from one sample into the next. It falls with the number of samples and with their length, whatever
    the model does: compare only cells of the same number of samples, or use `rarefied_distinct_n`. Texts shorter than
    n words give nothing; where no text has n words, there is no value. With ``per: words`` the divisor is the number
    of words, as first published.

    References:
        J. Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL (2016),
        section 5, arXiv 1510.03055. There the divisor is the number of words; the number of n-grams is today's
        custom.
    """
    found = grams_of(texts)
    n_grams = int((found.times * found.total(n)).sum())
    if n_grams == 0:
        raise Undefined("no text is long enough to hold an n-gram; a smaller n, or the tokenizer, may help")
    kinds = len(found.held(n).starts)
    return kinds / (n_grams if per == "ngrams" else int((found.times * found.lengths).sum()))
