"""Prefix agreement: how many words two samples have in common before they part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.words import plain_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _words(text: str) -> tuple[str, ...]:
    return tuple(plain_words(text))


def _shared(a: Sequence[str], b: Sequence[str]) -> int:
    count = 0
    for ours, theirs in zip(a, b, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _matrix(texts: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    return over_unique(texts, _prefixes)


def _prefixes(texts: list[tuple[str, ...]]) -> NDArray[np.float64]:
    import numpy as np

    # In sorted order a pair shares the least of what the neighbours between the two share.
    order = sorted(range(len(texts)), key=texts.__getitem__)
    steps = np.array([_shared(texts[i], texts[j]) for i, j in pairwise(order)], dtype=np.float64)
    shared = np.diag(np.array([len(text) for text in texts], dtype=np.float64))
    for place, row in enumerate(order[:-1]):
        later = order[place + 1 :]
        shared[row, later] = shared[later, row] = np.minimum.accumulate(steps[place:])
    return shared


@pair_metric(unit="words", bounds=(0.0, math.inf), diversity=-1, prepare=_words, matrix=_matrix)
def prefix_agreement(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Return the number of words two samples share from the beginning, until the first difference.

    After the first different token a model goes its own way, so this is where samples part. Words are what stands
    between white space, case and punctuation kept. Two equal texts share all their words; a limit on the length of
    answers limits it too.

    References:
        H. He and Thinking Machines Lab, "Defeating Nondeterminism in LLM Inference" (2025), for the first
        divergence between repeated answers. Counting it in words: definition by this project.
    """
    return float(_shared(a, b))
