"""Means over unordered pairs, and how well they are known.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import math

from evalkit.stats.effective import bounded_interval
from evalkit.stats.pairs import Matrix, Pairs, as_pairs
from evalkit.stats.proportion import all_equal_interval, clopper_pearson
from evalkit.stats.student import Ends, quantile

__all__ = ["Matrix", "jackknife_variance", "pair_interval", "pair_mean"]

_ROUNDING = 1e-12


def pair_mean(pairs: Matrix | Pairs) -> float:
    """Return the mean over unordered pairs, the diagonal left out: unbiased at every n.

    Args:
        pairs: Of n samples, n at least 2; or (n, n), symmetric.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948).
    """
    return as_pairs(pairs).mean()


def jackknife_variance(pairs: Matrix | Pairs) -> float:
    """Return the delete-one variance of a mean over pairs, from the row sums, without a loop.

    Biased upwards: about right where a pair's value hangs on either of its members, up to twice too large where
    it hangs on the combination only. Where not all pairs were looked at, the variance of `shifted_pairs`.

    Args:
        pairs: Of n samples, n at least 3; or (n, n), symmetric.

    References:
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969).
        B. Efron, C. Stein, "The Jackknife Estimate of Variance", Annals of Statistics 9(3), 586-596 (1981).
    """
    return as_pairs(pairs).variance()


def pair_interval(
    pairs: Matrix | Pairs, *, bounds: Ends = (0.0, 1.0), level: float = 0.95, equality: bool = False
) -> Ends | None:
    """Return a guarded interval for the mean over pairs; None where nothing valid is known.

    Between finite bounds it is the envelope of two: Beta quantiles at the number of trials that would give the
    jackknife variance, and percentiles over multinomial weights, in which a text never meets its own copy. The
    first alone is too short where texts fall into two groups of nearly equal size. Where all pairs are equal it is
    the exact bound from n // 2 disjoint pairs. Where the upper bound is infinite, t quantiles on the scale
    log(1 + distance from the lower bound) stand in for the Beta quantiles, and equal pairs have no interval. Above 512
    different samples the weighted means are those of the samples' own means, which is all but a part that falls with n.

    Args:
        pairs: Of n samples, n at least 2; or (n, n), symmetric.
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
    pairs = as_pairs(pairs)
    n, value = pairs.n, pairs.mean()
    least, greatest = pairs.extremes()
    if greatest - least <= _ROUNDING:
        alone = equality and value < 0.5  # noqa: PLR2004 - between the values 0 and 1
        if alone:
            return 0.0, clopper_pearson(1, n, level=level)[1] ** 2
        return all_equal_interval(least, n // 2, bounds=bounds, level=level)
    if not math.isfinite(bounds[0]):
        return None
    variance = pairs.variance()
    if math.isfinite(bounds[1]):
        low, high = bounded_interval(value, variance, n - 1, bounds=bounds, level=level, most_trials=pairs.trials())
    else:
        low, high = _log_ends(value - bounds[0], variance, n, level)
        low, high = bounds[0] + low, bounds[0] + high
    weighted = pairs.weighted_ends(level)
    if weighted is not None:
        low, high = min(low, weighted[0]), max(high, weighted[1])
    if equality:
        largest = round(float(pairs.sums().max())) + 1
        high = max(high, clopper_pearson(largest, n, level=level)[1] ** 2)
    return max(low, bounds[0]), min(high, bounds[1])


def _log_ends(above: float, variance: float, n: int, level: float) -> Ends:
    """Return t ends on the scale log(1 + x), which bend away from 0."""
    factor = math.exp(quantile(level, n - 1) * math.sqrt(variance) / (1.0 + above))
    return (1.0 + above) / factor - 1.0, (1.0 + above) * factor - 1.0
