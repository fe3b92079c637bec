"""Token varentropy: how much the next token's openness hangs on temperature."""

from __future__ import annotations

import math

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Reads, Sample
from evalkit.text.logprobs import token_logprobs


@sample_metric(unit="squared nats", bounds=(0.0, math.inf), needs="samples", reads=Reads.TOLD)
def token_varentropy(sample: Sample) -> float | None:
    """Return the mean over a sample's tokens of the variance of the next token's information; None when not told.

    It is how fast the entropy of the next token rises with the logarithm of temperature, and what one sampled token
    tells of that logarithm: where it is near 0, temperature does nothing. It is 0 for a certain token and for one
    that is open among equals.

    From the likeliest tokens that the server told, with the rest of the probability taken for one further token. It
    is exact when the list holds all of them, and neither bound else: spreading the rest would make it greater. It
    speaks of the distribution whose log-probabilities were told, before or after the temperature, and its name says
    which (`token_entropy` has more on that). A place at which the list is missing is left out.

    References:
        I. Kontoyiannis, S. Verdu, "Optimal Lossless Data Compression: Non-Asymptotics and Asymptotics", IEEE
        Transactions on Information Theory 60(2), 777-795 (2014), definition of the varentropy.
        The lumped rest: definition by this project.
    """
    from evalkit.stats.token_entropy import varentropy

    places = [[math.exp(value) for value in token.top] for token in token_logprobs(sample.logprobs) if token.top]
    if not places:
        return None
    whole = [[*top, max(0.0, 1.0 - math.fsum(top))] for top in places]
    return math.fsum(map(varentropy, whole)) / len(whole)
