"""Latency: how long a sample took."""

from __future__ import annotations

import math

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Sample


@sample_metric(unit="seconds", bounds=(0.0, math.inf), needs="samples")
def latency(sample: Sample) -> float | None:
    """Return the seconds from sending a request to the last byte of its answer; None when they are not known.

    Of the attempt that gave the answer: waiting, failed attempts and pauses between them do not count. Samples that
    came in one request share its time. It grows with the length of the answer and with the load, so an interval
    over samples that were drawn side by side is too narrow where the server was busy.

    References:
        Definition by this project.
    """
    return sample.latency_s
