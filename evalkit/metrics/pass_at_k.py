"""Pass@k: the chance that one of k tries at least is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.metrics.quality_mean import quality_checked
from evalkit.nouns import JSON, Undefined
from evalkit.stats import at_k, proportion

_RIGHT = 0.5


def _of_k(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    at_least("pass_at_k", options, k=1)
    quality_checked(options)
    return {"order": options["k"], "min_samples": options["k"]}


def right_of(qualities: Sequence[float]) -> int:
    """Return how many samples are right: of quality 0.5 or more, which none is that has no quality.

    Raises:
        Undefined: No sample has one.
    """
    if all(quality != quality for quality in qualities):  # noqa: PLR0124 - only nan is unlike itself
        raise Undefined("no sample has a quality")
    return sum(quality >= _RIGHT for quality in qualities)


def _ends(qualities: Sequence[float], level: float, *, k: int = 5) -> tuple[tuple[float, float] | None, str]:
    right, n = right_of(qualities), len(qualities)
    low, high = (1.0 - (1.0 - share) ** k for share in proportion.clopper_pearson(right, n, level=level))
    value = at_k.pass_at_k(right, n, k)
    # The unbiased value is 1 already when fewer than k samples are wrong, which no exact end is.
    ends = (low, high) if value is None else (min(low, value), max(high, value))
    return ends, "exact interval of the share of right samples, raised to k tries"


@set_metric(
    label="pass@{k}",
    unit="probability",
    bounds=(0.0, 1.0),
    quality=1,
    depends_on_n=False,
    needs="quality",
    interval=_ends,
    of_options=_of_k,
)
def pass_at_k(qualities: Sequence[float], *, k: int = 5) -> float:
    """Return the chance that at least one of `k` fresh samples is right, in [0, 1].

    A sample is right when its `quality` is 0.5 or more; a sample whose quality does not exist is not. Counted over
    every choice of k of the n samples: unbiased at every n from k on, which the tempting 1 - (1 - share right)^k
    is not. It rises with k, whatever the model does. Where the quality exists for no sample, there is no value.

    References:
        M. Chen et al., "Evaluating Large Language Models Trained on Code", arXiv 2107.03374 (2021), equation 1.
    """
    value = at_k.pass_at_k(right_of(qualities), len(qualities), k)
    if value is None:
        raise Undefined(f"there are {len(qualities)} samples, fewer than {k} tries")
    return value
