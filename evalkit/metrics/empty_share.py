"""Empty share: how often a sample has nothing in it."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Sample


@sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples")
def empty_share(sample: Sample) -> float:
    """Return 1 when a sample holds nothing but white space, else 0.

    Empty samples stay in every other metric: the same as one another, as different as can be from any text. Draws
    that failed are no samples and are not counted here.

    References:
        Definition by this project.
    """
    return float(not sample.text.strip())
