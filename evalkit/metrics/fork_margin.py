"""Fork margin: how far the likeliest token leads where answers part."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.forking import fork_mean, lead
from evalkit.nouns import Reads, Sample, Told


def _no_ends(_samples: Sequence[Sample], _level: float) -> tuple[None, str]:
    return None, "none: a rare parting with a long lead weighs much, and few samples hold it; near_tie_share has one"


@set_metric(
    unit="nats",
    bounds=(0.0, math.inf),
    min_samples=2,
    depends_on_n=False,
    needs="samples",
    reads=Reads.ODDS,
    interval=_no_ends,
)
def fork_margin(samples: Sequence[Sample], *, meaning: Told = "probed") -> float:
    """Return by how much the likeliest token leads the second where two answers part, in nats, at temperature 1.

    The mean over pairs of answers that part, of the gap between the two largest log-probabilities at the first token
    in which they differ. It tells why they part. At temperature 0 rounding and load can turn near ties only: a gap
    below 0.1 is such a tie, and one above 0.5 says that something else is at work: another model, prompt or sampler.
    `near_tie_share` has the share of ties.

    Log-probabilities from after the temperature are multiplied by it, so that the gap is the model's own whatever
    `meaning` says and whatever lies outside the list of likeliest tokens. Pairs that never part do not count, nor does
    a pair of which one was cut before. A sample without a list of tokens is left out. When no two answers part there
    is no value.

    Over few answers its expected value moves with their number a little, as that of a ratio does. It has no interval
    within a prompt: rare partings with long leads weigh much, and a few answers may hold none of them.

    References:
        H. He and Thinking Machines Lab, "Defeating Nondeterminism in LLM Inference" (2025), for near ties at the
        first divergence. The mean over pairs: definition by this project.
    """
    return fork_mean(samples, lambda sample: lead(sample, meaning))
