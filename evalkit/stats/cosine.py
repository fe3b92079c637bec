"""Cosines of rows and the distances they make, with a rule for rows that point nowhere.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

import numpy as np

from evalkit.stats.ustatistic import Matrix

_DUST = 1e-12


def with_nowhere(rows: Matrix) -> Matrix:
    """Return rows of length 1, (n, d) or (n, d + 1): those of zeros point in one direction of their own.

    So two empty texts are the same, and an empty one is as far from any other as can be.

    Args:
        rows: (n, d), of length 1 or 0.

    References:
        Definition by this project.
    """
    rows = np.asarray(rows, dtype=np.float64)
    empty = np.asarray(~rows.any(axis=1))
    return np.hstack([rows, empty[:, None].astype(np.float64)]) if empty.any() else rows


def cosines(rows: Matrix) -> Matrix:
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
    product[product > 1.0 - _DUST] = 1.0
    return np.asarray(product, dtype=np.float64)


def cosine_distances(rows: Matrix) -> Matrix:
    """Return one minus the cosine of all pairs of rows, (n, n), in [0, 1]; a negative cosine counts as 0.

    Args:
        rows: (n, d), of length 1 or 0; those of zeros are alike, and at 1 from any other.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    return np.asarray(1.0 - np.maximum(cosines(rows), 0.0), dtype=np.float64)


def negative_share(rows: Matrix) -> float:
    """Return the share of pairs of rows whose cosine is negative, in [0, 1]; 0 where there is no pair.

    Args:
        rows: (n, d), of length 1 or 0.

    References:
        Definition by this project.
    """
    found = cosines(rows)[np.triu_indices(len(rows), 1)]
    return float((found < -_DUST).mean()) if len(found) else 0.0
