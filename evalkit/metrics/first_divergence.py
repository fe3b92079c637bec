"""First divergence: how far into the answer samples part, when they do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.nouns import JSON, Undefined
from evalkit.text.prefixes import median_parting, scale_of, units


def _scale(options: Mapping[str, JSON]) -> dict[str, Any]:
    unit, bounds = scale_of(str(options["unit"]), fraction=bool(options["fraction"]))
    return {"unit": unit, "bounds": bounds}


def _no_ends(_items: Sequence[tuple[str, ...]], _level: float) -> tuple[None, str]:
    return None, "none: a median over pairs that share samples is no mean, and its spread within a prompt is not known"


@set_metric(
    unit="words",
    bounds=(0.0, math.inf),
    min_samples=2,
    diversity=-1,
    depends_on_length=True,
    prepare=units,
    interval=_no_ends,
    of_options=_scale,
)
def first_divergence(texts: Sequence[tuple[str, ...]], *, fraction: bool = False) -> float:
    """Return the median number of words two samples share before they part, over pairs that differ.

    After the first different token a model goes its own way, so this is where the fork is. Pairs of equal samples
    never part and are left out: `exact_agreement` counts them; `prefix_agreement` is the mean with them. The median
    stands against a few pairs that part late; over few samples it does so less, and is higher on average, so compare
    cells of the same number, or `rarefy` them. Words are what stands between white space, and in scripts written
    without blanks each character; `unit` may be ``characters`` or a tokenizer such as ``uni``. ``fraction: true``
    divides by the length of the longer of two. A limit on the length of answers limits it too. When all samples are
    the same, there is no value.

    References:
        H. He and Thinking Machines Lab, "Defeating Nondeterminism in LLM Inference" (2025), for the first
        divergence between repeated answers. The median over pairs: definition by this project.
    """
    found = median_parting(texts, fraction=fraction)
    if found is None:
        raise Undefined("all samples are the same, so nowhere do they part; prefix_agreement has what they share")
    return found
