"""Rarefied distinct-n: how many of a fixed number of n-grams are different ones."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import Panel, Undefined
from evalkit.stats.rarefied import rarefied_kinds
from evalkit.text.grams import grams_of
from evalkit.text.words import tokens


def _tokens(text: str, *, tokenizer: str = "uni") -> tuple[str, ...]:
    return tokens(text, tokenizer)


@set_metric(
    label="rarefied distinct-{n}",
    unit="share",
    bounds=(0.0, 1.0),
    diversity=1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    prepare=_tokens,
    of_options=lambda options: at_least("rarefied_distinct_n", options, m=1, n=1),
)
def rarefied_distinct_n(texts: Sequence[tuple[str, ...]], *, n: int = 2, m: int = 100) -> float:
    """Return the expected share of different n-grams among `m` drawn from all of a cell, in [1/m, 1].

    Drawing a fixed number, 100 unless told otherwise, without replacement takes away what makes `distinct_n` fall with
    every word a model says: cells compare at a common m. What is left of the drift is small: some of the m come from
    the same sample, more so with few samples, and the end of an answer may vary more than its beginning. The mean over
    draws is exact, nothing is drawn. A cell with fewer than m n-grams has no value. Texts shorter than `n` words give
    nothing; `tokenizer` says what a word is.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971). Its use on n-grams: definition by this project.
    """
    counts = grams_of(texts).pooled(n)
    kinds = rarefied_kinds(counts.tolist(), m)
    if kinds is None:
        raise Undefined(
            f"the texts hold {counts.sum()} n-grams, fewer than the {m} to draw; a smaller m for all cells may help"
        )
    return min(1.0, kinds / m)
