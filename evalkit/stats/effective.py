"""The interval of a bounded mean: as if so many independent trials had told it."""

from __future__ import annotations

from scipy import special

from evalkit.stats.proportion import clopper_pearson
from evalkit.stats.student import Ends, quantile

_MOST_TRIALS = 1e9


def bounded_interval(
    value: float, variance: float, df: float, *, bounds: Ends, level: float = 0.95, most_trials: float = _MOST_TRIALS
) -> Ends:
    """Return Beta quantiles at the number of independent trials that would know the mean as well.

    Never leaves the bounds, and is as lopsided as the mean is close to one of them: there a t interval misses on
    the side of the middle. The variance being an estimate itself costs trials, by the ratio of the normal and the
    t quantile.

    Args:
        value: The mean, inside the bounds.
        variance: Its estimated variance, 0 or more.
        df: Degrees of freedom of that estimate, above 0.
        bounds: Least and greatest possible value, both finite.
        level: In (0, 1).
        most_trials: Where fewer trials than the variance claims are possible.

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998).
    """
    low, span = bounds[0], bounds[1] - bounds[0]
    share = min(1.0, max(0.0, (value - low) / span))
    smaller = float(special.ndtri(0.5 + level / 2.0)) / quantile(level, df)
    of_one = share * (1.0 - share) * smaller * smaller
    relative = variance / (span * span)
    trials = of_one / relative if relative * most_trials > of_one else most_trials
    ends = clopper_pearson(share * trials, trials, level=level)
    return low + span * ends[0], low + span * ends[1]
