"""Cosines of rows and the distances they make, with a rule for rows that point nowhere.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.pairs import Matrix, Products
from evalkit.stats.rows import Rows, empty, scaled, several_products, with_column

_DUST = 1e-12

Places = NDArray[np.intp]


def with_nowhere(rows: Matrix | Rows) -> Any:  # noqa: ANN401 - dense or sparse
    """Return rows of length 1, (n, d) or (n, d + 1): those of zeros point in one direction of their own.

    So two empty texts are the same, and an empty one is as far from any other as can be.

    Args:
        rows: (n, d), of length 1 or 0.

    Returns:
        An array, or a sparse one of scipy where the rows are held so.

    References:
        Definition by this project.
    """
    whole = rows.whole() if isinstance(rows, Rows) else np.asarray(rows, dtype=np.float64)
    nowhere = empty(whole)
    return with_column(whole, nowhere) if nowhere.any() else whole


def cosines(rows: Matrix | Rows) -> Matrix:
    """Return the cosines of all pairs of rows, (n, n), in [-1, 1]; 1 exactly where two rows are equal up to rounding.

    Args:
        rows: (n, d), of length 1 or 0; those of zeros are alike, and at 0 from any other.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    whole = with_nowhere(rows)
    # Rounding leaves equal rows 1e-16 apart, which would look like a difference.
    product = whole @ whole.T
    product = product if isinstance(product, np.ndarray) else product.toarray()
    product[product > 1.0 - _DUST] = 1.0
    return np.asarray(product, dtype=np.float64)


def cosine_distances(rows: Matrix | Rows) -> Matrix:
    """Return one minus the cosine of all pairs of rows, (n, n), in [0, 1]; a negative cosine counts as 0.

    Args:
        rows: (n, d), of length 1 or 0; those of zeros are alike, and at 1 from any other.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    return np.asarray(1.0 - np.maximum(cosines(rows), 0.0), dtype=np.float64)


def cosine_distance_pairs(
    rows: Matrix | Rows, counts: Matrix, scales: Matrix | None = None, *, nowhere: bool = True
) -> Products | None:
    """Return the distances of all pairs by sums of the rows, in time linear in them; None where a cosine is negative.

    Args:
        rows: (u, d), of length 1 or 0.
        counts: (u,) samples of each row.
        scales: (u,) what a distance is multiplied by, once for each of its two; 1 when None.
        nowhere: Whether two rows of zeros are alike; otherwise they are at 1 from any other.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975); the sum over pairs of inner products is the squared length of the sum of the vectors.
    """
    whole = with_nowhere(rows) if nowhere else rows.whole() if isinstance(rows, Rows) else rows
    if whole.min() < 0.0:
        return None
    return (
        Products(np.ones(len(counts)), whole, counts)
        if scales is None
        else Products(scales, scaled(whole, scales), counts)
    )


def several_cosine_distances(rows: Matrix | Rows, first: Places, second: Places) -> Matrix:
    """Return the distances of some pairs of rows, in [0, 1]; a negative cosine counts as 0; shape (m,).

    Args:
        rows: (n, d), of length 1 or 0.
        first: (m,) places of rows.
        second: (m,) places of rows.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    return np.asarray(1.0 - np.maximum(several_cosines(rows, first, second), 0.0), dtype=np.float64)


def several_cosines(rows: Matrix | Rows, first: Places, second: Places) -> Matrix:
    """Return the cosines of some pairs of rows, in [-1, 1]; shape (m,).

    Args:
        rows: (n, d), of length 1 or 0.
        first: (m,) places of rows.
        second: (m,) places of rows.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    found = several_products(with_nowhere(rows), first, second)
    found[found > 1.0 - _DUST] = 1.0
    return found


def negative_share(rows: Matrix) -> float:
    """Return the share of pairs of rows whose cosine is negative, in [0, 1]; 0 where there is no pair.

    Args:
        rows: (n, d), of length 1 or 0.

    References:
        Definition by this project.
    """
    found = cosines(rows)[np.triu_indices(len(rows), 1)]
    return float((found < -_DUST).mean()) if len(found) else 0.0
