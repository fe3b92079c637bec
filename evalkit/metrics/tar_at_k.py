"""TAR@k: the chance that k samples are all the same text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Undefined
from evalkit.stats import at_k, order_k_interval
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level

_HOW = "Beta ends at the effective number of trials, guarded for samples that all or never agree"


def _of_k(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    at_least("tar_at_k", options, k=2)
    return {"order": options["k"], "min_samples": options["k"]}


def _ends(texts: Sequence[str | None], level: float, *, k: int = 5) -> tuple[tuple[float, float] | None, str]:
    return order_k_interval.tar_interval(class_counts(texts), k, level=level), _HOW


@set_metric(
    label="TAR@{k}",
    unit="probability",
    bounds=(0.0, 1.0),
    depends_on_n=False,
    depends_on_length=True,
    diversity=-1,
    prepare=at_level,
    interval=_ends,
    of_options=_of_k,
)
def tar_at_k(texts: Sequence[str | None], *, k: int = 5) -> float:
    """Return the chance that `k` fresh samples are all the same text, in [0, 1].

    It is the total agreement rate of k runs, known as TARr@k, and TARa@k at ``level: answer`` with a `pattern`; but
    counted over every choice of k of the n samples, so it is unbiased at every n from k on and comparable with
    published tables of that k. At k = 2 it is `exact_agreement`. It falls with k, which is therefore a part of its
    name. What counts as the same is chosen by `level`, ``raw`` unless told otherwise: case counts. A text in which
    the pattern finds nothing agrees with no other; empty texts agree with each other. All samples count, not only
    those like the first. Longer texts agree less, mechanically.

    References:
        B. Atil et al., "Non-Determinism of 'Deterministic' LLM Settings", arXiv 2408.04667 (2024), for the rate.
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for its unbiased form.
    """
    value = at_k.tar_at_k(class_counts(texts), k)
    if value is None:
        raise Undefined(f"there are {len(texts)} samples, fewer than the {k} to be compared")
    return value
