"""Subsets of a size: all of them where they are few, else some by chance.

Explained in docs/statistics.md, "One cell, one metric, one value".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from evalkit.stats.streams import stream

MOST_SUBSETS = 200
"""As many subsets are taken one by one; of more, as many are drawn."""


def subsets_of(n: int, size: int, *, seed: str) -> list[Sequence[int]]:
    """Return subsets of the places 0 .. n - 1, each as likely as any other; the mean over them is unbiased.

    A mean of a function over all subsets of a size is a U-statistic: its expected value is that of the function of
    so many fresh samples, whatever n is. Over some subsets drawn by chance it is an incomplete one, with the same
    expected value.

    Args:
        n: Number of places.
        size: Places in a subset, 1 to n.
        seed: Name of the stream they are drawn from; equal names give equal subsets.

    References:
        G. Blom, "Some Properties of Incomplete U-Statistics", Biometrika 63(3), 573-580 (1976).
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971), for rarefaction.
    """
    if math.comb(n, size) <= MOST_SUBSETS:
        return list(itertools.combinations(range(n), size))
    rng = stream(0, seed, str(n), str(size))
    return [rng.permutation(n)[:size].tolist() for _ in range(MOST_SUBSETS)]
