"""Distinct@k: how many different answers k samples hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.metrics.cluster_agreement import drift_of_classes
from evalkit.nouns import JSON, Undefined
from evalkit.stats import at_k, order_k_interval
from evalkit.text.classes import class_counts

_HOW = "Beta ends at the effective number of trials, guarded for samples that all or never agree"


def _of_k(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    k: Any = options["k"]
    at_least("distinct_at_k", options, k=2)
    return {"bounds": (1.0, float(k)), "order": k, "min_samples": k, **drift_of_classes(options)}


def _ends(classes: Sequence[int], level: float, *, k: int = 10) -> tuple[tuple[float, float] | None, str]:
    return order_k_interval.distinct_interval(class_counts(classes), k, level=level), _HOW


@set_metric(
    label="distinct@{k}",
    unit="answers",
    bounds=(1.0, 10.0),
    depends_on_n=False,
    depends_on_length=True,
    diversity=1,
    needs="meanings",
    interval=_ends,
    of_options=_of_k,
)
def distinct_at_k(classes: Sequence[int], *, k: int = 10) -> float:
    """Return the expected number of different answers among `k` fresh samples, in [1, k].

    Counted over every choice of k of the n samples, not over one run of k: it is unbiased at every n from k on, and
    two cells compare at one k whatever their sizes, where classes are those of equality; classes by linkage change with
    n themselves (`cluster_agreement`). Which texts are one answer is the `equivalence`: equal but for
    case and white space (``loose``) unless told otherwise, or of one meaning; no class depends on which sample came
    first. The number is that of the classes themselves, the first among them. Nonsense is different each time, so
    read it beside a metric of quality, or read `distinct_valid_at_k`. Empty texts are one answer.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971).
        Y. Zhang et al., "NoveltyBench: Evaluating Language Models for Humanlike Diversity", arXiv 2504.05228 (2025),
        for the number at k = 10.
    """
    value = at_k.distinct_at_k(class_counts(classes), k)
    if value is None:
        raise Undefined(f"there are {len(classes)} samples, fewer than the {k} to choose")
    return value
