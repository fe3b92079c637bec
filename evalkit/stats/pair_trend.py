"""Whether the mean over pairs of one prompt moves with temperature.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.permutation import DRAWS, PermutationTest, two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 2_000_000


def pair_trend(matrix: NDArray[np.float64], temperatures: Sequence[float], rng: np.random.Generator) -> PermutationTest:
    """Return the test that one prompt's answers are alike at all temperatures, aimed at a trend of a mean over pairs.

    The statistic is the slope of the mean over pairs against the rank of the temperature. Pairs share answers, so not
    they but the answers change places: the slope is reckoned anew for each arrangement of the answers.

    Args:
        matrix: (N, N), symmetric: the pair function of all N answers, those of different temperatures too.
        temperatures: (N,) at which each answer was given; two different ones at least, each two or more times.
        rng: Draws the arrangements.

    Raises:
        ValueError: There is one temperature only, or one with a single answer.

    References:
        Definition by this project; permutation of the units in place of the pairs after N. Mantel, "The Detection of
        Disease Clustering and a Generalized Regression Approach", Cancer Research 27, 209-220 (1967).
    """
    ranks, sizes = np.unique(np.asarray(temperatures, dtype=np.float64), return_inverse=True, return_counts=True)[1:]
    if len(sizes) < 2 or sizes.min() < 2:  # noqa: PLR2004 - a slope takes two means, a mean a pair
        raise ValueError("a trend takes two or more temperatures with two or more answers each")
    centred = np.arange(len(sizes)) - (len(sizes) - 1) / 2.0
    of_pair = centred / (centred @ centred) / (sizes * (sizes - 1) / 2.0)
    i, j = np.nonzero(np.triu(ranks[:, None] == ranks[None, :], 1))
    weights = of_pair[ranks[i]]
    n, step = len(ranks), max(1, _AT_ONCE // len(i))
    orders = rng.permuted(np.tile(np.arange(n), (DRAWS, 1)), axis=1)
    parts = [orders[start : start + step] for start in range(0, DRAWS, step)]
    null = np.concatenate([matrix[part[:, i], part[:, j]] @ weights for part in parts])
    return two_sided(float(matrix[i, j] @ weights), null, exact=False)
