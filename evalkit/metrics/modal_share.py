"""Modal share: how common the commonest text is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.text.levels import at_level


@set_metric(unit="share", bounds=(0.0, 1.0), diversity=-1, prepare=at_level)
def modal_share(texts: Sequence[str | None]) -> float:
    """Return the share of samples that equal the commonest text, in [1/n, 1].

    The commonest is chosen by the same samples it is counted in, so the share is too high on average, and more
    so with few samples. On parsed answers (``level: answer`` with a `pattern`) it is the majority's share, known
    as self-consistency. A text in which the pattern finds nothing equals no other.

    References:
        X. Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", ICLR (2023),
        arXiv 2203.11171.
    """
    counts = Counter(text for text in texts if text is not None)
    return max(counts.values(), default=1) / len(texts)
