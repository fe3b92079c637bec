"""Means over unordered pairs, and how well they are known.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_interval, clopper_pearson
from evalkit.stats.resampling import multinomial_weights
from evalkit.stats.student import Ends, quantile

Matrix = NDArray[np.float64]

_ROUNDING = 1e-12


def pair_mean(matrix: Matrix) -> float:
    """Return the mean over unordered pairs, the diagonal left out: unbiased at every n.

    Args:
        matrix: (n, n), symmetric, n at least 2.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948).
    """
    n = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (n * (n - 1)))


def jackknife_variance(matrix: Matrix) -> float:
    """Return the delete-one variance of a mean over pairs, from the row sums, without a loop.

    Biased upwards: about right where a pair's value hangs on either of its members, up to twice too large where
    it hangs on the combination only.

    Args:
        matrix: (n, n), symmetric, n at least 3.

    References:
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969).
        B. Efron, C. Stein, "The Jackknife Estimate of Variance", Annals of Statistics 9(3), 586-596 (1981).
    """
    n = len(matrix)
    rows = (matrix.sum(axis=1) - np.diagonal(matrix)) / (n - 1)
    return float(4.0 * (n - 1) / (n * (n - 2) ** 2) * ((rows - rows.mean()) ** 2).sum())


def pair_interval(
    matrix: Matrix, *, bounds: Ends = (0.0, 1.0), level: float = 0.95, equality: bool = False
) -> Ends | None:
    """Return a guarded interval for the mean over pairs; None where nothing valid is known.

    Between finite bounds it is the envelope of two: Beta quantiles at the number of trials that would give the
    jackknife variance, and percentiles over multinomial weights, in which a text never meets its own copy. The
    first alone is too short where texts fall into two groups of nearly equal size. Where all pairs are equal it is
    the exact bound from n // 2 disjoint pairs. Where the upper bound is infinite, t quantiles on the scale
    log(1 + distance from the lower bound) stand in for the Beta quantiles, and equal pairs have no interval.

    Args:
        matrix: (n, n), symmetric, n at least 2.
        bounds: Least and greatest possible value of a pair.
        level: In (0, 1).
        equality: Whether a pair's value says that its members are equal (1) or not (0). Then one common text among
            rare ones, the worst case for chance, is guarded against, and texts that are all different are known
            to have no common one.

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for effective trials.
        P. Janssen, "Weighted Bootstrapping of U-Statistics", Journal of Statistical Planning and Inference 38(1),
        31-42 (1994), for the weights. Their envelope: definition by this project, held by tests/calibration.
    """
    n = len(matrix)
    pairs = matrix[np.triu_indices(n, 1)]
    value = pair_mean(matrix)
    if np.ptp(pairs) <= _ROUNDING:
        alone = equality and value < 0.5  # noqa: PLR2004 - between the values 0 and 1
        if alone:
            return 0.0, clopper_pearson(1, n, level=level)[1] ** 2
        return all_equal_interval(float(pairs[0]), n // 2, bounds=bounds, level=level)
    if not math.isfinite(bounds[0]):
        return None
    variance = jackknife_variance(matrix)
    if math.isfinite(bounds[1]):
        low, high = bounded_interval(value, variance, n - 1, bounds=bounds, level=level, most_trials=n * (n - 1) / 2)
    else:
        low, high = _log_ends(value - bounds[0], variance, n, level)
        low, high = bounds[0] + low, bounds[0] + high
    drawn = _weighted_means(matrix)
    low = min(low, float(np.quantile(drawn, (1.0 - level) / 2.0)))
    high = max(high, float(np.quantile(drawn, (1.0 + level) / 2.0)))
    if equality:
        largest = int((matrix.sum(axis=1) - np.diagonal(matrix)).max()) + 1
        high = max(high, clopper_pearson(largest, n, level=level)[1] ** 2)
    return max(low, bounds[0]), min(high, bounds[1])


def _log_ends(above: float, variance: float, n: int, level: float) -> Ends:
    """Return t ends on the scale log(1 + x), which bend away from 0."""
    factor = math.exp(quantile(level, n - 1) * math.sqrt(variance) / (1.0 + above))
    return (1.0 + above) / factor - 1.0, (1.0 + above) * factor - 1.0


def _weighted_means(matrix: Matrix) -> NDArray[np.float64]:
    """Return means over pairs under multinomial weights, a text's pairs with itself left out; shape (draws,)."""
    n = len(matrix)
    weights = multinomial_weights(n)
    order = _canonical_order(matrix)
    matrix = matrix[np.ix_(order, order)]
    clean = matrix - np.diag(np.diagonal(matrix))
    pairs = n * n - (weights * weights).sum(axis=1)
    return np.asarray(((weights @ clean) * weights).sum(axis=1) / pairs, dtype=np.float64)


def _canonical_order(matrix: Matrix) -> NDArray[np.intp]:
    """Return an order of the samples that does not hang on the order in which they came; shape (n,).

    Equal rows, which are those of equal texts, stand together; the rest is ordered by what a row holds.
    """
    rounded = np.round(matrix, 12)
    _, kind, size = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    keys = (kind.ravel(), np.round((rounded**2).sum(axis=1), 9), np.round(rounded.sum(axis=1), 9), size[kind.ravel()])
    return np.lexsort(keys)
