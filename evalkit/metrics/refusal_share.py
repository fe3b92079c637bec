"""Refusal share: how often the server marked a sample as refused."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Sample


@sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples")
def refusal_share(sample: Sample) -> float:
    """Return 1 when the server marked a sample as refused or filtered, else 0.

    A refusal in plain words that carries no mark is not seen: servers differ in what they mark. Refused samples
    stay in every other metric as the texts they are.

    References:
        Definition by this project.
    """
    return float(sample.refused)
