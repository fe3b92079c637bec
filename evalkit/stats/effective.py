"""The interval of a bounded mean: as if so many independent trials had told it.

Explained in docs/statistics.md, "A point of the curve: prompts are the unit".
"""

from __future__ import annotations

from scipy import special

from evalkit.stats.proportion import clopper_pearson, jeffreys
from evalkit.stats.student import Ends, quantile

_FEWEST_TRIALS, _MOST_TRIALS = 1e-6, 1e9


def bounded_interval(
    value: float,
    variance: float,
    df: float,
    *,
    bounds: Ends,
    level: float = 0.95,
    most_trials: float | None = None,
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
        most_trials: The trials there are, where the variance may claim more. With so little known of the variance
            the ends are those of Clopper and Pearson, else Jeffreys's, which cover nearer to the level.

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for the effective trials.
        L. D. Brown, T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science
        16(2), 101-133 (2001), for Jeffreys's ends. Together: definition by this project, held by tests/calibration.
    """
    low, span = bounds[0], bounds[1] - bounds[0]
    share = min(1.0, max(0.0, (value - low) / span))
    smaller = float(special.ndtri(0.5 + level / 2.0)) / quantile(level, df)
    of_one = share * (1.0 - share) * smaller * smaller
    relative = variance / (span * span)
    most = _MOST_TRIALS if most_trials is None else most_trials
    trials = max(_FEWEST_TRIALS, of_one / relative if relative * most > of_one else most)
    ends = (jeffreys if most_trials is None else clopper_pearson)(share * trials, trials, level=level)
    return low + span * ends[0], low + span * ends[1]
