"""Near tie share: how often answers part where two tokens are as good as equal."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.forking import fork_mean, tie_interval, ties
from evalkit.nouns import Reads, Sample, Told


def _interval(
    samples: Sequence[Sample], level: float, *, below: float = 0.1, meaning: Told = "probed"
) -> tuple[tuple[float, float] | None, str]:
    return tie_interval(samples, level, meaning, below)


@set_metric(
    unit="share",
    bounds=(0.0, 1.0),
    min_samples=2,
    depends_on_n=False,
    needs="samples",
    reads=Reads.ODDS,
    interval=_interval,
)
def near_tie_share(samples: Sequence[Sample], *, below: float = 0.1, meaning: Told = "probed") -> float:
    """Return the share of pairs that part where the likeliest token leads the second by less than 0.1 nats.

    Of all pairs of answers that part. At temperature 0 it is the share of differences that rounding or load can
    explain; the rest has another reason. The lead is brought to temperature 1, as that of `fork_margin`; ``below``
    is the greatest that counts as a tie. When no two answers part there is no value.

    References:
        H. He and Thinking Machines Lab, "Defeating Nondeterminism in LLM Inference" (2025), for near ties at the
        first divergence. The bound of 0.1 and the share of pairs: definition by this project.
    """
    return fork_mean(samples, lambda sample: ties(sample, meaning, below))
