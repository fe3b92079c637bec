"""Unique share: how many different texts there are among the samples."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level


@set_metric(
    unit="share",
    bounds=(0.0, 1.0),
    depends_on_length=True,
    diversity=1,
    panel=Panel.LITERATURE,
    prepare=at_level,
)
def unique_share(texts: Sequence[str | None]) -> float:
    """Return the number of different texts over the number of texts, in [1/n, 1].

    It falls as more samples are drawn, whatever the model does, so only cells of the same number of samples
    can be compared; one sample is always unique. `distinct_at_k` is the form that compares. What counts as the same
    is chosen by `level`, as in `exact_agreement`; a text in which the pattern finds nothing is different from all
    others, empty texts are the same.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology
        52(4), 577-586 (1971), for how the number of kinds depends on the number of draws.
    """
    return len(class_counts(texts)) / len(texts)
