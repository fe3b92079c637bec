"""Sums over the eigenvalues of a matrix too large to have them computed: from products with a few random vectors.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.streams import stream

Values: TypeAlias = NDArray[np.float64]

_LARGEST = 8
_STEPS = 12
_MOST_VECTORS, _FEWEST_VECTORS = 16, 6
_MOST_WORK = 40_000_000  # numbers multiplied in a step


@dataclass(frozen=True, slots=True)
class TraceEstimate:
    """A sum over eigenvalues."""

    value: float
    """The estimate."""
    se: float
    """Its standard error over the random vectors, 0 or more."""
    largest: float
    """The largest eigenvalue."""


def gram_trace(rows: Any, function: Callable[[Values], Values]) -> TraceEstimate:  # noqa: ANN401 - an array or a sparse one
    """Return the sum of a function over the eigenvalues of the inner products of rows.

    The eight largest eigenvalues are computed; of the rest the function is averaged over random vectors of signs, each
    with the eigenvalues that twelve steps of Lanczos see of it. How much the same vectors find of the sum of the
    eigenvalues themselves, which is known, corrects what they find of the function.

    Args:
        rows: (u, d), more than 20 rows and columns; the sum of its squares is the sum of the eigenvalues.
        function: (k,) eigenvalues, 0 or more -> (k,); 0 at 0.

    References:
        S. Ubaru, J. Chen, Y. Saad, "Fast Estimation of tr(f(A)) via Stochastic Lanczos Quadrature", SIAM Journal on
        Matrix Analysis and Applications 38(4), 1075-1099 (2017).
        A. S. Gambhir, A. Stathopoulos, K. Orginos, "Deflation as a Method of Variance Reduction for Estimating the
        Trace of a Matrix Inverse", SIAM Journal on Scientific Computing 39(2), A532-A558 (2017).
        W. G. Cochran, "Sampling Techniques", 3rd ed., Wiley (1977), chapter 6, for the ratio.
    """
    from scipy.sparse import linalg  # loads slowly, and only for large tables

    u, size = rows.shape[0], getattr(rows, "nnz", rows.size)
    trace = float((rows * rows).sum())
    turned = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()
    product = linalg.LinearOperator((u, u), matvec=lambda vector: rows @ (turned @ vector), dtype=np.float64)
    values, vectors = linalg.eigsh(product, k=_LARGEST, v0=np.ones(u), tol=1e-6)
    n = int(np.clip(_MOST_WORK // (2 * size), _FEWEST_VECTORS, _MOST_VECTORS))
    signs = stream(0, "lanczos", str(u)).integers(0, 2, size=(u, n)) * 2.0 - 1.0
    signs -= vectors @ (vectors.T @ signs)

    def rest(block: Values) -> Values:
        found = rows @ (turned @ block)
        return np.asarray(found - vectors @ (vectors.T @ found))

    lengths = (signs * signs).sum(axis=0)
    diagonals, sides = _tridiagonal(rest, signs / np.sqrt(lengths))
    of_function = np.empty(n)
    for place in range(n):
        side = sides[:-1, place]
        small, first = np.linalg.eigh(np.diag(diagonals[:, place]) + np.diag(side, 1) + np.diag(side, -1))
        of_function[place] = lengths[place] * (first[0] ** 2 @ function(np.maximum(small, 0.0)))
    of_trace = lengths * diagonals[0]
    known = float(trace - values.sum())
    ratio = float(of_function.sum() / of_trace.sum())
    apart = of_function - ratio * of_trace
    return TraceEstimate(
        float(function(values).sum()) + ratio * known,
        float(np.sqrt((apart @ apart) / (n - 1) / n)),
        float(values.max()),
    )


def _tridiagonal(product: Callable[[Values], Values], start: Values) -> tuple[Values, Values]:
    """Return the diagonals and what stands beside them, of each column's Lanczos matrix; two of (steps, columns)."""
    diagonals, sides = [], []
    seen = [start]
    for _ in range(_STEPS):
        block = product(seen[-1])
        diagonals.append((block * seen[-1]).sum(axis=0))
        for each in seen:  # without which rounding brings found eigenvalues back
            block -= (each * block).sum(axis=0) * each
        length = np.sqrt((block * block).sum(axis=0))
        sides.append(length)
        seen.append(np.divide(block, length, out=np.zeros_like(block), where=length > 1e-12))  # noqa: PLR2004 - rounding
    return np.array(diagonals), np.array(sides)
