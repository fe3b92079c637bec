"""Rarefaction of long sequences: how many kinds a smaller sample would hold.

Explained in docs/statistics.md, "Words and characters".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def rarefied_kinds(counts: Sequence[int], m: int) -> float | None:
    """Return the expected number of different kinds among m of the things, in [0, m]; None when there are fewer.

    The things are drawn without replacement, so the value does not hang on how many there are: two texts of
    different length compare at a common m. Each kind's chance to be missed is a product of f factors, summed as
    logarithms from the smallest kind on: stable and quick for millions of things.

    Args:
        counts: (kinds,) how often each kind is there; whole numbers, 0 or more.
        m: Size of the smaller sample, 0 or more.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971).
    """
    each, kinds = np.unique(np.asarray(counts, dtype=np.int64), return_counts=True)
    total = int((each * kinds).sum())
    if m > total:
        return None
    if total == 0:
        return 0.0
    left = total - np.arange(int(each[-1]), dtype=np.float64)
    # Once no more things are left than are drawn, none of a kind can be missed.
    ratios = np.minimum(m / left, 1.0)
    logs = np.full(len(left) + 1, -np.inf)
    logs[0] = 0.0
    possible = ratios < 1.0
    logs[1:][possible] = np.cumsum(np.log1p(-ratios[possible]))
    return float((-np.expm1(logs[each]) * kinds).sum())
