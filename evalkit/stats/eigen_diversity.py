"""Vendi scores: the effective number of different things, by the eigenvalues of their similarities.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.lanczos import gram_trace
from evalkit.stats.rows import scaled
from evalkit.stats.ustatistic import Matrix, pair_mean

Values = NDArray[np.float64]

_SMALLEST = 1e-12
_TINY = 1e-300


class Spectrum(NamedTuple):
    """Eigenvalues of a similarity matrix over n, and what had to be cut from them."""

    values: Values
    """(kept,) above 1e-12, in rising order; their sum is 1."""
    clipped: float
    """Sum of the sizes of negative eigenvalues, in [0, inf): above rounding the similarity is no inner product."""


def kernel_spectrum(kernel: Matrix) -> Spectrum:
    """Return the eigenvalues of a similarity matrix over n, round-off and negative ones dropped.

    Round-off matters below order 1: there the smallest eigenvalues weigh most.

    Args:
        kernel: (n, n), symmetric, ones on the diagonal, n at least 1.

    References:
        D. Friedman, A. B. Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning", Transactions on
        Machine Learning Research (2023), arXiv 2210.02410, definition 3.1. The cuts: definition by this project.
    """
    return _kept(np.linalg.eigvalsh(np.asarray(kernel, dtype=np.float64) / len(kernel)))


def feature_spectrum(features: Any, counts: Values | None = None) -> Spectrum:  # noqa: ANN401 - an array or a sparse one
    """Return the eigenvalues of the inner products of rows over n, by the smaller of rows and columns.

    Args:
        features: (u, d), rows of length 1, u at least 1; an array, or a sparse one of scipy.
        counts: (u,) how often each row came, n together; once each when None.

    References:
        D. Friedman, A. B. Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning", Transactions on
        Machine Learning Research (2023), arXiv 2210.02410, section 3, for the dual.
    """
    u, d = features.shape
    n = u if counts is None else float(counts.sum())
    rows = features if counts is None or bool((counts == 1.0).all()) else scaled(features, np.sqrt(counts))
    gram = rows.T @ rows if d < u else rows @ rows.T
    return _kept(np.linalg.eigvalsh((gram if isinstance(gram, np.ndarray) else gram.toarray()) / n))


def estimated_vendi_score(features: Any, counts: Values, *, q: float = 1.0) -> tuple[float, float]:  # noqa: ANN401 - as above
    """Return the Vendi score of order q of very many different rows, and its standard error, by `gram_trace`.

    Args:
        features: (u, d), rows of length 1, many; an array, or a sparse one of scipy.
        counts: (u,) how often each row came.
        q: Order, 1 or more; may be infinite.

    References:
        S. Ubaru, J. Chen, Y. Saad, "Fast Estimation of tr(f(A)) via Stochastic Lanczos Quadrature", SIAM Journal on
        Matrix Analysis and Applications 38(4), 1075-1099 (2017), section 5, for sums over a spectrum.
    """
    rows = scaled(features, np.sqrt(counts / counts.sum()))
    if q == 1.0:
        entropy = gram_trace(rows, lambda values: -values * np.log(np.maximum(values, _TINY)))
        return math.exp(entropy.value), math.exp(entropy.value) * entropy.se
    if math.isinf(q):
        return 1.0 / gram_trace(rows, lambda values: values).largest, 0.0
    powers = gram_trace(rows, lambda values: values**q)
    value = powers.value ** (1.0 / (1.0 - q))
    return value, abs(value / (1.0 - q)) * powers.se / powers.value


def vendi_score(spectrum: Spectrum, *, q: float = 1.0) -> float:
    """Return the Vendi score of order q, in [1, n]: the Hill number of the eigenvalues. It grows with n.

    Args:
        spectrum: From `kernel_spectrum` or `feature_spectrum`.
        q: Order above 0; may be infinite. The lower, the more rare things count.

    References:
        A. P. Pasarkar, A. B. Dieng, "Cousins of the Vendi Score: A Family of Similarity-Based Diversity Metrics for
        Science and Machine Learning", AISTATS (2024), arXiv 2310.12952, definition of the order q.
    """
    values = spectrum.values
    if math.isinf(q):
        return float(1.0 / values[-1])
    if q == 1.0:
        return float(np.exp(-(values * np.log(values)).sum()))
    largest = float(values[-1])
    log_sum = q * math.log(largest) + math.log(float(((values / largest) ** q).sum()))
    return math.exp(log_sum / (1.0 - q))


def vendi_2(kernel: Matrix) -> float:
    """Return the Vendi score of order 2, in [1, n], without eigenvalues: right for any symmetric similarity.

    Args:
        kernel: (n, n), symmetric, ones on the diagonal, n at least 1.

    References:
        A. P. Pasarkar, A. B. Dieng, "Cousins of the Vendi Score: A Family of Similarity-Based Diversity Metrics for
        Science and Machine Learning", AISTATS (2024), arXiv 2310.12952. The eigenvalues' squares sum to the matrix's.
    """
    matrix = np.asarray(kernel, dtype=np.float64)
    return float(len(matrix) ** 2 / (matrix**2).sum())


def unbiased_vendi_2(kernel: Matrix) -> float | None:
    """Return one over the mean squared similarity of pairs, in [1, inf); None where no pair is similar at all.

    What the score of order 2 tends to, without its drift with n; unbiased before it is inverted. May exceed n. With
    similarity 1 for equal and 0 for different texts it is the inverse of pair agreement.

    Args:
        kernel: (n, n), symmetric, n at least 2.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for the mean over pairs. Its use here: definition by this project.
    """
    mean = pair_mean(np.asarray(kernel, dtype=np.float64) ** 2)
    return 1.0 / mean if mean > 0.0 else None


def _kept(eigenvalues: NDArray[np.floating[Any]]) -> Spectrum:
    clipped = -float(eigenvalues[eigenvalues < 0.0].sum())
    values = eigenvalues[eigenvalues > _SMALLEST]
    return Spectrum(np.asarray(values / values.sum(), dtype=np.float64), abs(clipped))
