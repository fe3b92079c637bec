"""Extrapolated distinct: how many different answers more samples would hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Panel, Undefined
from evalkit.stats import at_k, order_k_interval, richness
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level

_BEYOND = "none: beyond the samples there are, the error of the extrapolation is not known"


def _of_m(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    at_least("extrapolated_distinct", options, m=2)
    return {"depends_on_n": options["m"] is None and options["rarefy"] is None}


def _ends(texts: Sequence[str | None], level: float, *, m: int | None = None) -> tuple[tuple[float, float] | None, str]:
    if m is None or m > len(texts):
        return None, _BEYOND
    how = "Beta ends at the effective number of trials, guarded for samples that all or never agree"
    return order_k_interval.distinct_interval(class_counts(texts), m, level=level), how


@set_metric(
    unit="answers",
    bounds=(1.0, math.inf),
    depends_on_length=True,
    diversity=1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    interval=_ends,
    of_options=_of_m,
)
def extrapolated_distinct(texts: Sequence[str | None], *, m: int | None = None) -> float:
    """Return the expected number of different answers among `m` fresh samples, in [1, m]; `m` is 2n if not told.

    Up to the n samples there are it is counted without error of method, as `distinct_at_k` is; beyond, answers never
    seen are guessed from those seen once and twice, and a lower bound is put for what is not known. Beyond 2n
    there is no value. At m = 2n it hangs on n; at an `m` of one's own cells of any size compare. What counts as the
    same is chosen by `level`; a text in which the `pattern` finds nothing is an answer of its own, empty texts are
    one.

    References:
        A. Chao, N. J. Gotelli, T. C. Hsieh et al., "Rarefaction and Extrapolation with Hill Numbers: A Framework for
        Sampling and Estimation in Species Diversity Studies", Ecological Monographs 84(1), 45-67 (2014), equation 9.
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971), for m up to n.
    """
    counts, n = class_counts(texts), len(texts)
    draws = 2 * n if m is None else m
    value = at_k.distinct_at_k(counts, draws) if draws <= n else richness.extrapolated_richness(counts, draws - n)
    if value is None:
        raise Undefined(f"{draws} samples are more than twice the {n} there are")
    return value
