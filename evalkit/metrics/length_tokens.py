"""Length in tokens."""

from __future__ import annotations

import math

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Mode, Sample


@sample_metric(unit="tokens", bounds=(0.0, math.inf), needs="samples")
def length_tokens(sample: Sample) -> float | None:
    """Return the number of tokens of a sample as the server counted them; None when it did not say.

    Where several samples came in one request the server counts them together, and there is no value. Tokens of
    different models are of different length, and some servers count hidden reasoning: compare within one endpoint.

    References:
        Definition by this project.
    """
    given = sample.usage.completion_tokens
    return None if given is None or sample.draw.cell.mode is Mode.CHOICES else float(given)
