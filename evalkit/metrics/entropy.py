"""Entropy: how uncertain the next answer is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel, Undefined
from evalkit.stats import entropy as estimators
from evalkit.stats.richness import coverage
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level

_ESTIMATORS = {
    "chao_wang_jost": estimators.chao_wang_jost_entropy,
    "chao_shen": estimators.chao_shen_entropy,
    "miller_madow": estimators.miller_madow_entropy,
    "plug_in": estimators.plug_in_entropy,
}


@set_metric(
    unit="nats",
    bounds=(0.0, math.inf),
    depends_on_length=True,
    diversity=1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    min_samples=2,
)
def entropy(
    texts: Sequence[str | None],
    *,
    estimator: Literal["chao_wang_jost", "chao_shen", "miller_madow", "plug_in"] = "chao_wang_jost",
) -> float:
    """Return the entropy of the answers, in nats: 0 where all agree, log n where n answers are equally common.

    The `estimator` is ``chao_wang_jost`` unless told otherwise: above one nat it is the nearest to the truth.
    ``chao_shen``, ``miller_madow`` and ``plug_in``, the entropy of the sample itself, are there to be compared with
    the literature. All are too low where much is unseen and rise with n, the plug-in most: at n = 20 it says 2.1
    of 3.6 nats. Where the samples cover less than half of what the source says (`sample_coverage`), no estimator
    knows better than its assumptions, and there is no value; a mean over prompts then lacks the most diverse of
    them. What counts as the same is chosen by `level`; a text in which the `pattern` finds nothing is an answer of
    its own, empty texts are one.

    References:
        A. Chao, Y. T. Wang, L. Jost, "Entropy and the Species Accumulation Curve: A Novel Entropy Estimator via
        Discovery Rates of New Species", Methods in Ecology and Evolution 4(11), 1091-1100 (2013), equation 7.
        A. Chao, T.-J. Shen, "Nonparametric Estimation of Shannon's Index of Diversity When There Are Unseen Species in
        Sample", Environmental and Ecological Statistics 10(4), 429-443 (2003).
        G. A. Miller, "Note on the Bias of Information Estimates", Information Theory in Psychology: Problems and
        Methods, 95-100 (1955). The refusal: definition by this project.
    """
    counts = class_counts(texts)
    covered = coverage(counts)
    if covered is None:
        raise Undefined("one sample tells nothing of the others")
    if not estimators.supports_entropy(counts):
        told = f"{covered:.2g} of what the source says, which takes 0.5"
        raise Undefined(f"the samples cover too little for an entropy: {told}")
    value = _ESTIMATORS[estimator](counts)
    if value is None:
        raise Undefined("one sample tells nothing of the others")
    return value
