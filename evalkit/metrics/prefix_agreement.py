"""Prefix agreement: how many words two samples have in common before they part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.nouns import JSON
from evalkit.text.prefixes import common_prefix, common_prefixes, of_longer, prefix_sums, scale_of, units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Pairs


def _matrix(texts: Sequence[tuple[str, ...]], *, fraction: bool) -> NDArray[np.float64]:
    def kernel(unique: list[tuple[str, ...]]) -> NDArray[np.float64]:
        return of_longer(common_prefixes(unique)) if fraction else common_prefixes(unique)

    return over_unique(texts, kernel)


def _counted(texts: Sequence[tuple[str, ...]], counts: NDArray[np.float64], *, fraction: bool) -> Pairs | None:
    from evalkit.stats.pairs import MOST_WEIGHTED, Summed

    if fraction or len(texts) <= MOST_WEIGHTED:
        return None
    return Summed(counts, *prefix_sums(texts, counts))


def _scale(options: Mapping[str, JSON]) -> dict[str, Any]:
    unit, bounds = scale_of(str(options["unit"]), fraction=bool(options["fraction"]))
    return {"unit": unit, "bounds": bounds}


@pair_metric(
    unit="words",
    bounds=(0.0, math.inf),
    diversity=-1,
    depends_on_length=True,
    prepare=units,
    matrix=_matrix,
    counted=_counted,
    of_options=_scale,
)
def prefix_agreement(a: tuple[str, ...], b: tuple[str, ...], *, fraction: bool = False) -> float:
    """Return the number of words two samples share from the beginning, until the first difference.

    After the first different token a model goes its own way, so this is where samples part. Words are what stands
    between white space, and in scripts written without blanks each character, case and punctuation kept; ``unit`` may
    be ``characters`` or a tokenizer such as ``uni``. Two equal texts share all their words, so a cell of equal short
    texts has a small value; ``fraction: true`` divides by the length of the longer, and makes that 1. A limit on the
    length of answers limits it too. Two empty texts share nothing, and all of it as a fraction.

    References:
        H. He and Thinking Machines Lab, "Defeating Nondeterminism in LLM Inference" (2025), for the first
        divergence between repeated answers. Counting it in words: definition by this project.
    """
    shared = float(common_prefix(a, b))
    if not fraction:
        return shared
    longer = max(len(a), len(b))
    return shared / longer if longer else 1.0
