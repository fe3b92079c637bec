"""Average linkage: classes of things that lie near one another on average, with no first thing to compare with.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.ustatistic import Matrix

Labels = NDArray[np.intp]

_DIGITS = 12
_ROUNDING = 1e-12


def average_linkage(distances: Matrix, threshold: float) -> Labels:
    """Return a class for each row, (n,), numbered from 0 in the order in which the classes first appear.

    The two classes with the least mean distance between their members are joined until the least exceeds the
    threshold. Where several are equally near, the order of the rows decides: give them in an order that means
    something, such as that of their texts. Distances are read to twelve decimals, so that rounding makes no
    decision.

    Args:
        distances: (n, n), symmetric, zeros on the diagonal.
        threshold: Greatest mean distance at which two classes are joined.

    References:
        R. R. Sokal, C. D. Michener, "A Statistical Method for Evaluating Systematic Relationships", University of
        Kansas Science Bulletin 38, 1409-1438 (1958).
    """
    n = len(distances)
    if n < 2:  # noqa: PLR2004 - nothing to join
        return np.zeros(n, dtype=np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage  # loads slowly, and only here
    from scipy.spatial.distance import squareform

    pairs = squareform(np.round(np.asarray(distances, dtype=np.float64), _DIGITS), checks=False)
    found = fcluster(linkage(pairs, method="average"), threshold + _ROUNDING, criterion="distance")
    return renumbered(found)


def renumbered(labels: NDArray[np.integer]) -> Labels:
    """Return labels numbered from 0 in the order in which they first appear, (n,).

    Args:
        labels: (n,), equal for members of one class.

    References:
        Definition by this project.
    """
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[place.ravel()], dtype=np.intp)
