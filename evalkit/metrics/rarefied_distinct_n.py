"""Rarefied distinct-n: how many of a fixed number of n-grams are different ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import Panel, Undefined
from evalkit.stats.rarefied import rarefied_kinds
from evalkit.text.words import ngrams, tokens


def _counted(text: str, *, n: int = 2, tokenizer: str = "uni") -> Counter[tuple[str, ...]]:
    return Counter(ngrams(tokens(text, tokenizer), n))


@set_metric(
    label="rarefied distinct-{n}",
    unit="share",
    bounds=(0.0, 1.0),
    diversity=1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    prepare=_counted,
    of_options=lambda options: at_least("rarefied_distinct_n", options, m=1),
)
def rarefied_distinct_n(counts: Sequence[Counter[tuple[str, ...]]], *, m: int = 100) -> float:
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
    pooled: Counter[tuple[str, ...]] = Counter()
    for each in counts:
        pooled.update(each)
    kinds = rarefied_kinds(list(pooled.values()), m)
    if kinds is None:
        raise Undefined(
            f"the texts hold {pooled.total()} n-grams, fewer than the {m} to draw; a smaller m for all cells may help"
        )
    return min(1.0, kinds / m)
