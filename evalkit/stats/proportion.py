"""Intervals for a share: of successes, of effective trials, and when all trials came out alike.

Explained in docs/statistics.md, "When all values are equal".
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from evalkit.stats.student import Ends

_HALF = 0.5


def wilson(successes: int, trials: int, *, level: float = 0.95) -> Ends:
    """Return the score interval for a probability, inside [0, 1]; close to the level on average.

    Args:
        successes: From 0 to `trials`.
        trials: 1 or more.
        level: In (0, 1).

    References:
        E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the
        American Statistical Association 22, 209-212 (1927).
    """
    share, z = successes / trials, float(special.ndtri(0.5 + level / 2.0))
    weight = 1.0 + z * z / trials
    centre = (share + z * z / (2.0 * trials)) / weight
    half = z * math.sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)) / weight
    # Rounding must not leave an end beside the 0 or 1 that it equals.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, 1.0 if successes == trials else min(1.0, centre + half)


def clopper_pearson(successes: float, trials: float, *, level: float = 0.95) -> Ends:
    """Return the exact interval for a probability: it covers at least at its level, whatever the truth.

    With counts that are no whole numbers it is the interval of Korn and Graubard for a share known as well as
    from that many independent trials.

    Args:
        successes: From 0 to `trials`; need not be whole.
        trials: Above 0; need not be whole.
        level: In (0, 1).

    References:
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934).
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998).
    """
    return _clopper_pearson(successes, trials, level)


@functools.lru_cache(maxsize=512)  # cells of one size ask for the same
def _clopper_pearson(successes: float, trials: float, level: float) -> Ends:
    tail = (1.0 - level) / 2.0
    failures = trials - successes
    low = 0.0 if successes <= 0.0 else float(special.betaincinv(successes, failures + 1.0, tail))
    high = 1.0 if failures <= 0.0 else float(special.betaincinv(successes + 1.0, failures, 1.0 - tail))
    return low, high


def jeffreys(successes: float, trials: float, *, level: float = 0.95) -> Ends:
    """Return the equal-tailed interval for a probability under Jeffreys' prior: near its level, not above it.

    It reaches to 0 where there is no success and to 1 where there is no failure, and always holds the share.

    Args:
        successes: From 0 to `trials`; need not be whole.
        trials: Above 0; need not be whole.
        level: In (0, 1).

    References:
        L. D. Brown, T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science
        16(2), 101-133 (2001), section 4.3.
    """
    tail, failures, share = (1.0 - level) / 2.0, trials - successes, successes / trials
    low = 0.0 if successes <= 0.0 else float(special.betaincinv(successes + 0.5, failures + 0.5, tail))
    high = 1.0 if failures <= 0.0 else float(special.betaincinv(successes + 0.5, failures + 0.5, 1.0 - tail))
    return min(low, share), max(high, share)


def commonest_share_interval(count: int, trials: int, *, level: float = 0.95) -> Ends:
    """Return exact bounds for the chance of a source's commonest outcome, from how often the sample's came up.

    The two need not be the same outcome. Whichever the source's is, it came up no more often than the sample's, so
    the upper end is that of Clopper and Pearson. The lower end is `commonest_share_lower` at half the error.

    Args:
        count: How often the sample's commonest outcome came up, from 1 to `trials`.
        trials: Number of samples, 1 or more.
        level: In (0, 1).

    References:
        Definition by this project, from C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits
        Illustrated in the Case of the Binomial", Biometrika 26(4), 404-413 (1934).
    """
    lower = commonest_share_lower(count, trials, alpha=(1.0 - level) / 2.0)
    return lower, clopper_pearson(count, trials, level=level)[1]


def commonest_share_lower(count: int, trials: int, *, alpha: float = 0.05) -> float:
    """Return the exact least chance of a source's commonest outcome, from how often the sample's came up.

    Where the source's commonest has chance q, the chance that any outcome at all comes up so often is, with P for the
    binomial tail, at most P(q)/q: there are at most 1/q outcomes as likely, and P(x)/x grows with x below the
    observed share. From q = 1/2 on it is at most P(q) + P(1-q), which is less: the greatest count of a multinomial
    grows with the unevenness of the chances, and none are as uneven as q and 1-q. So n equal samples bound the chance
    by about alpha to the power of 1/n where that is above 1/2, as if the outcome had been named beforehand, and by
    alpha to the power of 1/(n-1) below.

    Args:
        count: How often the sample's commonest outcome came up, from 1 to `trials`.
        trials: Number of samples, 1 or more.
        alpha: Probability of being wrong, in (0, 1).

    References:
        I. Olkin, "Monotonicity Properties of Dirichlet Integrals with Applications to the Multinomial Distribution and
        the Analysis of Variance", Biometrika 59(2), 303-307 (1972), for the greatest count; below 1/2 Boole's
        inequality. The bound from both: definition by this project.
    """
    if count == 1:
        return 0.0

    def tail(chance: float) -> float:
        return float(special.betainc(count, trials - count + 1.0, chance))

    low, above = 0.0, count / trials
    for _ in range(60):
        middle = (low + above) / 2.0
        most = tail(middle) / middle if middle < _HALF else tail(middle) + tail(1.0 - middle)
        low, above = (low, middle) if most > alpha else (middle, above)
    return low


def all_equal_lower(trials: float, alpha: float = 0.05) -> float:
    """Return the least chance of an outcome that all of so many independent trials had.

    An outcome of chance q comes up in every one of n trials with probability q to the power of n; the chances
    below alpha to the power of 1/n are those under which this would have happened less often than alpha.
    Where the trials are of several sources, it bounds the geometric mean of their chances, and so the mean.

    Args:
        trials: Number of independent trials, above 0.
        alpha: Probability of being wrong, in (0, 1).

    References:
        J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", Journal of the American
        Medical Association 249(13), 1743-1745 (1983), for the exact bound behind the rule of three.
    """
    return float(alpha ** (1.0 / trials))


def even_trials(trials: Sequence[float], alpha: float = 0.05) -> float:
    """Return the number of trials that, spread evenly, bound the mean chance as these uneven ones do.

    All trials of several sources came out alike. The least mean of the sources' chances q that has this happen with
    probability alpha solves: minimise the sum of q where the sum of n log q is log alpha and no q is above 1. It is
    convex in log q, and its solution is q = min(1, m n): few trials of one source leave that source's chance open.

    Args:
        trials: Independent trials of each source, all above 0.
        alpha: Probability of being wrong, in (0, 1).

    References:
        Definition by this project, from the exact bound of Hanley and Lippman-Hand (1983).
    """
    n, goal = np.asarray(trials, dtype=np.float64), math.log(alpha)
    if np.ptp(n) == 0.0:
        return float(n.sum())
    low, high = 0.0, 1.0 / float(n.min())
    for _ in range(200):
        middle = (low + high) / 2.0
        reached = float((n * np.log(np.minimum(1.0, max(middle, 1e-300) * n))).sum())
        low, high = (middle, high) if reached < goal else (low, middle)
    mean = float(np.minimum(1.0, low * n).mean())
    return goal / math.log(mean)


def all_equal_interval(value: float, trials: float, *, bounds: Ends, level: float = 0.95) -> Ends | None:
    """Return an interval for a bounded mean when all trials gave the same value; None where there are no bounds.

    With probability at least q (see `all_equal_lower`) the value comes up again, and with the rest something
    between the bounds; so the mean lies no further from the value than 1 - q of the way to either bound.

    Args:
        value: What every trial gave, inside the bounds.
        trials: Number of independent trials, above 0.
        bounds: Least and greatest possible value.
        level: In (0, 1).

    References:
        Definition by this project, from the exact bound of Hanley and Lippman-Hand (1983).
    """
    low, high = bounds
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    other = 1.0 - all_equal_lower(trials, 1.0 - level)
    return value - other * (value - low), value + other * (high - value)
