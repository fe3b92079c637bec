"""Weights of resampling: how often each of n values is drawn when n are drawn with replacement.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1999
"""Draws, before those that hold a single value are left out."""


@lru_cache(maxsize=4)
def multinomial_weights(n: int) -> NDArray[np.float64]:
    """Return the counts of each draw, (draws, n); draws of one value alone are left out.

    The same for all data of a size: equal data give equal intervals, in whatever order they came.

    Args:
        n: Number of values, 2 or more.

    References:
        B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1-26 (1979).
    """
    drawn = stream(0, "pair weights", str(n)).multinomial(n, np.full(n, 1.0 / n), size=DRAWS)
    kept: NDArray[np.float64] = drawn[drawn.max(axis=1) < n].astype(np.float64)
    return kept
