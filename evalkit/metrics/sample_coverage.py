"""Sample coverage: the chance that the next sample is an answer already seen."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel, Undefined
from evalkit.stats.richness import coverage
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level


@set_metric(
    unit="probability",
    bounds=(0.0, 1.0),
    depends_on_length=True,
    diversity=-1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    min_samples=2,
)
def sample_coverage(texts: Sequence[str | None]) -> float:
    """Return the chance that one more sample is an answer already seen, in [0, 1].

    At 0.4 a further sample has a chance of 0.6 to be new. It says how much of what the source has to say the samples
    hold, so it rises with n by its nature; cells of very different n compare best where it is equal. What counts
    as the same is chosen by `level`; a text in which the `pattern` finds nothing is an answer of its own, empty texts
    are one.

    References:
        A. Chao, L. Jost, "Coverage-Based Rarefaction and Extrapolation: Standardizing Samples by Completeness Rather
        than Size", Ecology 93(12), 2533-2547 (2012), equation 4a.
        I. J. Good, "The Population Frequencies of Species and the Estimation of Population Parameters", Biometrika
        40(3-4), 237-264 (1953), for its first form.
    """
    value = coverage(class_counts(texts))
    if value is None:
        raise Undefined("one sample tells nothing of the next")
    return value
