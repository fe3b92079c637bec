"""Token entropy: how open the next token is, on average."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from evalkit.errors import UsageError
from evalkit.metrics.base import sample_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Reads, Sample
from evalkit.text.logprobs import token_logprobs


def _checked(options: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Refuse a bound that can not be computed when it is asked for, not after the sampling."""
    if options["bound"] == "upper" and options["vocabulary"] is None:
        raise UsageError("the upper bound hangs on how many tokens there are", hint="such as vocabulary: 128000")
    return at_least("token_entropy", options, vocabulary=2)


@sample_metric(unit="nats", bounds=(0.0, math.inf), needs="samples", reads=Reads.TOLD, of_options=_checked)
def token_entropy(
    sample: Sample,
    *,
    bound: Literal["lower", "upper"] = "lower",
    vocabulary: int | None = None,
    per: Literal["text", "token"] = "token",
) -> float | None:
    """Return the mean over a sample's tokens of the entropy of the next token, in nats; None when it is not told.

    Servers tell the likeliest tokens only, which leaves a bracket: `bound` ``lower`` takes the rest of the
    probability for one token, ``upper`` spreads it over all other tokens of a `vocabulary` of that many. Read both
    where they lie more than 0.05 apart. With `per` set to ``text`` it is the sum over the tokens: an estimate of
    `sequence_entropy` that varies less between samples.

    It is the model's openness at the places that its own samples led to, under the log-probabilities as told: where
    they are from before the temperature it tells of the places, not of the sampling, and its name says so. The probe
    ``logprobs`` tells, or say it by ``meaning``. Late tokens are more certain, so it moves with length a little. A
    place at which the list of likeliest tokens is missing is left out; without any there is no value. Ask for the list
    by the decoding's extra fields: ``logprobs: true`` and ``top_logprobs: 20``.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27(3), 379-423 (1948).
        The bracket: definition by this project, from the concavity of entropy.
    """
    from evalkit.stats.token_entropy import entropy_bracket

    places = [[math.exp(value) for value in token.top] for token in token_logprobs(sample.logprobs) if token.top]
    if not places:
        return None
    # One token more than were told is the least that can hold the rest.
    brackets = [entropy_bracket(top, vocabulary=max(len(top) + 1, vocabulary or 0)) for top in places]
    total = math.fsum(high if bound == "upper" else low for low, high in brackets)
    return total if per == "text" else total / len(places)
