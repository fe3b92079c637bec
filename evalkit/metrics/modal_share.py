"""Modal share: how common the commonest text is."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel
from evalkit.stats.proportion import commonest_share_interval
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level


def _ends(texts: Sequence[str | None], level: float) -> tuple[tuple[float, float] | None, str]:
    ends = commonest_share_interval(class_counts(texts)[0], len(texts), level=level)
    return ends, "exact bounds for the chance of the source's commonest text, whichever it is"


@set_metric(
    unit="share",
    bounds=(0.0, 1.0),
    depends_on_length=True,
    diversity=-1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    interval=_ends,
)
def modal_share(texts: Sequence[str | None]) -> float:
    """Return the share of samples that equal the commonest text, in [1/n, 1].

    The commonest is chosen by the same samples it is counted in, so the share is too high on average, and more
    so with few samples; its interval within a prompt allows for that, and speaks of the text that is the commonest in
    truth. With a text chosen beforehand it is `reference_agreement`. On parsed answers (``level: answer`` with a
    `pattern`) it is the majority's share, known as self-consistency. A text in which the pattern finds nothing
    equals no other; empty texts are the same.

    References:
        X. Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", ICLR (2023),
        arXiv 2203.11171.
    """
    return class_counts(texts)[0] / len(texts)
