"""Pass^k: the chance that all of k tries are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.metrics.pass_at_k import right_of
from evalkit.metrics.quality_mean import quality_checked
from evalkit.nouns import JSON, Undefined
from evalkit.stats import at_k, proportion


def _of_k(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    at_least("pass_hat_k", options, k=1)
    quality_checked(options)
    return {"order": options["k"], "min_samples": options["k"]}


def _ends(qualities: Sequence[float], level: float, *, k: int = 5) -> tuple[tuple[float, float] | None, str]:
    right, n = right_of(qualities), len(qualities)
    low, high = (share**k for share in proportion.clopper_pearson(right, n, level=level))
    value = at_k.pass_hat_k(right, n, k)
    # The unbiased value is 0 already when fewer than k samples are right, which no exact end is.
    ends = (low, high) if value is None else (min(low, value), max(high, value))
    return ends, "exact interval of the share of right samples, to the power of k"


@set_metric(
    label="pass^{k}",
    unit="probability",
    bounds=(0.0, 1.0),
    quality=1,
    depends_on_n=False,
    needs="quality",
    interval=_ends,
    of_options=_of_k,
)
def pass_hat_k(qualities: Sequence[float], *, k: int = 5) -> float:
    """Return the chance that all of `k` fresh samples are right, in [0, 1].

    What a user meets who asks k times and relies on every answer. A sample is right when its `quality` is 0.5 or more;
    a sample whose quality does not exist is not. Counted over every choice of k of the n samples: unbiased at every n
    from k on, which the share right to the power of k is not. It falls with k, whatever the model does. Where the
    quality exists for no sample, there is no value.

    References:
        S. Yao, N. Shinn, P. Razavi, K. Narasimhan, "tau-bench: A Benchmark for Tool-Agent-User Interaction in
        Real-World Domains", arXiv 2406.12045 (2024), section 3.
    """
    value = at_k.pass_hat_k(right_of(qualities), len(qualities), k)
    if value is None:
        raise Undefined(f"there are {len(qualities)} samples, fewer than {k} tries")
    return value
