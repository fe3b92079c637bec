"""Sequence entropy: how surprising a model finds its own samples."""

from __future__ import annotations

import math
from typing import Literal

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Reads, Sample
from evalkit.text.logprobs import token_logprobs


@sample_metric(unit="nats", bounds=(0.0, math.inf), needs="samples", reads=Reads.SAMPLED, depends_on_length=True)
def sequence_entropy(sample: Sample, *, per: Literal["text", "token"] = "text") -> float | None:
    """Return minus the log-probability of a sample, in nats; None when the server did not tell it.

    The sum over its tokens of minus their log-probabilities; with `per` set to ``token`` that sum over their number,
    which answers another question: how open a model is at an average place. The mean over samples estimates the
    entropy of all that the model may say, without bias and from few samples, where counts of answers need hundreds.

    It does so only if the log-probabilities are those of the distribution that was sampled, after temperature and
    truncation. Many servers tell those of temperature 1 at any temperature; then it would be a cross-entropy, whose
    fall at a low temperature only shows that likelier words were picked, and it has a value at temperature 1 alone.
    What they are of is found out by the probe ``logprobs``, or said by ``meaning``: ``before`` or ``after``.

    Where the server tells the end token's log-probability, it is part of the sum; where not, the openness of ending
    is missing. A sample cut by the token limit counts with what is there. A sample of no told token, or with one
    whose log-probability is not finite, has no value. It grows with length. Ask for log-probabilities by the
    decoding's extra fields, such as ``logprobs: true``.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27(3), 379-423 (1948).
        L. Kuhn, Y. Gal, S. Farquhar, "Semantic Uncertainty: Linguistic Invariances for Uncertainty Estimation in
        Natural Language Generation", ICLR (2023), arXiv 2302.09664, section 2, for the estimate from samples and
        the version per token.
    """
    own = [token.own for token in token_logprobs(sample.logprobs)]
    known = [value for value in own if value is not None]
    if not own or len(known) < len(own):
        return None
    total = max(0.0, -math.fsum(known))
    return total / len(known) if per == "token" else total
