"""The interval of a mean whose values have a lower bound and a long tail above it, such as lengths and waiting times.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.pairs import percentiles
from evalkit.stats.resampling import MOST_SHARED, counted_weights, multinomial_weights
from evalkit.stats.student import Ends, quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TO_RESAMPLE = 10
"""With fewer values, resamples of nearly equal ones have spreads near 0, and quotients without limit."""


def skewed_mean_interval(
    values: Sequence[float] | NDArray[np.float64], *, low: float = 0.0, level: float = 0.95
) -> Ends | None:
    """Return an interval for the mean of independent values that are never below a bound; None where all are equal.

    The envelope of two, both longer on the side of the tail: t ends on the scale log(1 + distance from the bound), and,
    from ten values on, bootstrap-t ends, whose quantiles are those of the resampled t instead of Student's. A plain t
    interval misses too often on that side, because a sample without its rare large values has a small mean and a small
    spread together. Where most of a mean comes from values rarer than one in n, no interval from n values holds. Of
    more than 2,000 different values the quantiles come from their skewness, not from draws.

    Args:
        values: (n,) finite numbers, not below `low`.
        low: The bound.
        level: In (0, 1).

    References:
        B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall (1993), section 12.5, for
        bootstrap-t. P. Hall, "The Bootstrap and Edgeworth Expansion", Springer (1992), section 2.6, for many values.
        Its envelope with t ends on a logarithmic scale: definition by this project, held by calibration.
    """
    above = np.sort(np.asarray(values, dtype=np.float64)) - low
    n = len(above)
    if n < 2 or above[0] == above[-1]:  # noqa: PLR2004 - a spread needs two
        return None
    mean = float(above.mean())
    spread = math.sqrt(float(((above - mean) ** 2).sum()) / (n - 1))
    factor = math.exp(quantile(level, n - 1) * spread / math.sqrt(n) / (1.0 + mean))
    ends = [(1.0 + mean) / factor - 1.0, (1.0 + mean) * factor - 1.0]
    if n >= FEWEST_TO_RESAMPLE:
        least, greatest = _resampled_t(above, mean, spread, level)
        ends += [mean - greatest * spread, mean - least * spread]
    first, last = low + max(0.0, min(ends)), low + max(ends)
    return (first, last) if first < last else None


def _resampled_t(values: NDArray[np.float64], mean: float, spread: float, level: float) -> Ends:
    """Return quantiles of (resampled mean - mean) / resampled spread."""
    n = len(values)
    if n <= MOST_SHARED:
        weights = multinomial_weights(n)
    else:
        values, counts = np.unique(values, return_counts=True)
        if len(values) > MOST_SHARED:
            return _expanded_t(values, counts / n, n, level)
        weights = counted_weights(counts.astype(np.float64))[0]
    means = weights @ values / n
    variances = (weights @ (values * values) / n - means * means) * n / (n - 1)
    known = variances > (1e-6 * spread) ** 2
    found = (means[known] - mean) / np.sqrt(variances[known])
    return percentiles(found, level)


def _expanded_t(values: NDArray[np.float64], shares: NDArray[np.float64], n: int, level: float) -> Ends:
    """Return the same quantiles without draws, by what the skewness of thousands of values makes of the normal ones."""
    away = values - shares @ values
    skewness = float(shares @ away**3) / float(shares @ away**2) ** 1.5
    tail = quantile(level, n - 1)
    shift = skewness * (2.0 * tail * tail + 1.0) / (6.0 * math.sqrt(n))
    return (-tail - shift) / math.sqrt(n), (tail - shift) / math.sqrt(n)
