"""Truncation share: how often a sample was cut by the token limit."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.nouns import FinishReason, Sample


@sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples")
def truncation_share(sample: Sample) -> float | None:
    """Return 1 when a sample was cut by the token limit, else 0; None when the server did not say why it ended.

    Cut samples stay in every other metric as they stand. A limit that cuts many hides how long answers would be,
    and caps what depends on their length or their end.

    References:
        Definition by this project.
    """
    return None if sample.finish_reason is FinishReason.UNKNOWN else float(sample.truncated)
