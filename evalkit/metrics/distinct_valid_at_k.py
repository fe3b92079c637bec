"""Distinct-valid@k: how many different acceptable answers k samples hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.metrics.cluster_agreement import drift_of_classes
from evalkit.metrics.quality_mean import quality_checked
from evalkit.nouns import JSON, Undefined
from evalkit.stats import at_k, order_k_interval
from evalkit.text.classes import class_counts

_ACCEPTABLE = 0.5
_HOW = "Beta ends at the effective number of trials, guarded for samples that are all alike or never valid"


def _of_k(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    k: Any = options["k"]
    quality_checked(options)
    at_least("distinct_valid_at_k", options, k=2)
    return {"bounds": (0.0, float(k)), "order": k, "min_samples": k, **drift_of_classes(options)}


def _sizes(items: Sequence[tuple[int, float]]) -> tuple[list[int], list[bool]]:
    """Return the number of valid samples in each class that has any, then of those not valid; and which are which."""
    if all(quality != quality for _, quality in items):  # noqa: PLR0124 - only nan is unlike itself
        raise Undefined("no sample has a quality")
    counts = class_counts(meaning for meaning, quality in items if quality >= _ACCEPTABLE)
    return [*counts, len(items) - sum(counts)], [True] * len(counts) + [False]


def _ends(items: Sequence[tuple[int, float]], level: float, *, k: int = 10) -> tuple[tuple[float, float] | None, str]:
    return order_k_interval.distinct_valid_interval(*_sizes(items), k, level=level), _HOW


@set_metric(
    label="distinct-valid@{k}",
    unit="answers",
    bounds=(0.0, 10.0),
    depends_on_n=False,
    needs=("meanings", "quality"),
    interval=_ends,
    of_options=_of_k,
)
def distinct_valid_at_k(items: Sequence[tuple[int, float]], *, k: int = 10) -> float:
    """Return the expected number of different acceptable answers among `k` fresh samples, in [0, k].

    Ten tries give so many answers that are both acceptable and different. A sample is acceptable when its `quality` is
    0.5 or more; one that is not, or whose quality does not exist, is drawn like any other and counts for nothing. So
    the number falls with repetition and with nonsense, and is highest between the two. Otherwise it is
    `distinct_at_k`: unbiased at every n from k on, with the same `equivalence`. Where the quality exists for no
    sample, there is no value.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971); the sum over acceptable answers only: definition by this project.
        Y. Zhang et al., "NoveltyBench: Evaluating Language Models for Humanlike Diversity", arXiv 2504.05228 (2025),
        for the number of different answers at k = 10.
    """
    value = at_k.distinct_valid_at_k(*_sizes(items), k)
    if value is None:
        raise Undefined(f"there are {len(items)} samples, fewer than the {k} to choose")
    return value
