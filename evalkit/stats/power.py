"""How many samples a question takes, and what a number of samples can tell.

Explained in docs/statistics.md, "How many samples?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special

from evalkit.stats.proportion import commonest_share_lower

_ROUNDING = 1e-9
_MOST_SAMPLES = 10_000_000


def n_for_lower_bound(chance: float, *, alpha: float = 0.05) -> int:
    """Return the samples that must all give one answer to bound its chance from below by `chance`.

    Args:
        chance: The bound to reach, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).

    References:
        J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", Journal of the American
        Medical Association 249(13), 1743-1745 (1983): chance to the power of n is at most alpha.
    """
    return max(1, math.ceil(math.log(alpha) / math.log(chance) - _ROUNDING))


def n_for_agreement_bound(agreement: float, *, alpha: float = 0.05) -> int:
    """Return the samples of one prompt that must all be equal to bound pair agreement from below by `agreement`.

    About twice those of `n_for_lower_bound`: n samples hold (n - 1) / 2 pairs that share no sample, at the least.

    Args:
        agreement: The bound to reach, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).

    References:
        Definition by this project, from the exact bound of Hanley and Lippman-Hand (1983) for disjoint pairs.
    """
    return 1 + max(1, math.ceil(2.0 * math.log(alpha) / math.log(agreement) - _ROUNDING))


def n_for_commonest_share(share: float, *, alpha: float = 0.05) -> int:
    """Return the samples that must all be equal to bound from below by `share` how common the commonest answer is.

    From a half on they are those of `n_for_lower_bound`, or one more, though no answer was named beforehand.

    Args:
        share: The bound to reach, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).

    References:
        Definition by this project: the fewest n at which `commonest_share_lower` of n out of n reaches the share.
    """
    n = n_for_lower_bound(share, alpha=alpha)
    while commonest_share_lower(n, n, alpha=alpha) < share - _ROUNDING:
        n += 1
    return n


def chance_of_proof(truth: float, n: int, at_least: float, *, alpha: float = 0.05) -> float:
    """Return the chance that n samples prove a share to be `at_least` so much, when it is `truth`.

    Proof is a Clopper-Pearson lower bound, of one side and level 1 - alpha, that reaches `at_least`.

    Args:
        truth: The share as it is, in [0, 1].
        n: Samples, 1 or more.
        at_least: The share to be proved, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).

    References:
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934); the chance is an exact sum over the binomial distribution.
    """
    failures = failures_allowed(n, at_least, alpha=alpha)
    return 0.0 if failures is None else float(special.bdtr(failures, n, 1.0 - truth))


def failures_allowed(n: int, at_least: float, *, alpha: float = 0.05) -> int | None:
    """Return the most failures among n samples that still prove a share; None when even none at all does not.

    Args:
        n: Samples, 1 or more.
        at_least: The share to be proved, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).

    References:
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934).
    """
    # The bound reaches the share just when so few failures would, at that share, be no likelier than alpha.
    proved, too_many = -1, n
    while too_many - proved > 1:
        middle = (proved + too_many) // 2
        proves = float(special.bdtr(middle, n, 1.0 - at_least)) <= alpha * (1.0 + _ROUNDING)
        proved, too_many = (middle, too_many) if proves else (proved, middle)
    return None if proved < 0 else proved


def n_for_proof(truth: float, at_least: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return the fewest samples that prove a share with a chance of `power`; see `chance_of_proof`.

    The chance goes up and down with n, for failures are whole: it jumps up where one failure more is allowed and falls
    until the next one is. So a few samples more may do worse than these.

    Args:
        truth: The share as it is; above `at_least`.
        at_least: The share to be proved, in (0, 1).
        alpha: Probability of being wrong, in (0, 1).
        power: Chance of the proof, in (0, 1).

    Raises:
        ValueError: The truth is not above the share to be proved.

    References:
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934); the power is an exact sum over the binomial distribution.
    """
    if not truth > at_least:
        raise ValueError(f"a share of {truth:g} can not be proved to be at least {at_least:g}")
    failures = 0
    while True:
        # The bound is reached from this n on: the chance of so few failures at the share to be proved is alpha.
        n = _first_n(failures, at_least, alpha)
        if float(special.bdtr(failures, n, 1.0 - truth)) >= power:
            return n
        failures += 1


def power_of_difference(
    delta: float, n_prompts: int, n: int, zeta1: float, *, sigma_b: float | None = None, alpha: float = 0.05
) -> float:
    """Return the chance to see a difference of two cells' means, both measured on the same prompts.

    Args:
        delta: The difference as it is, in units of the metric.
        n_prompts: Prompts.
        n: Samples of each prompt on each side.
        zeta1: Variance of a pair's mean given one of its samples; see `zeta1_of`. For a mean over samples a
            quarter of their variance.
        sigma_b: Standard deviation of the difference between prompts, for claims about prompts like these, which
            take two prompts or more; None for claims about these prompts.
        alpha: Level of the two-sided test, in (0, 1).

    Raises:
        ValueError: Nothing varies, or there are too few prompts.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for the variance 4 zeta1 / n.
        E. Miller, "Adding Error Bars to Evals: A Statistical Approach to Language Model Evaluations", arXiv
        2411.00640 (2024), for power of paired differences over prompts.
    """
    between = 0.0 if sigma_b is None else sigma_b * sigma_b
    error = math.sqrt((8.0 * zeta1 / n + between) / n_prompts)
    if error == 0.0:
        raise ValueError("without any variance there is no power to compute: see n_for_agreement_bound")
    shift = abs(delta) / error
    if sigma_b is None:
        z = _z(1.0 - alpha / 2.0)
        return float(special.ndtr(shift - z) + special.ndtr(-shift - z))
    df = n_prompts - 1
    if df < 1:
        raise ValueError("what other prompts would give takes two prompts or more")
    t = float(special.stdtrit(df, 1.0 - alpha / 2.0))
    # By symmetry both tails are upper or lower tails of a noncentral t.
    return float(min(1.0, special.nctdtr(df, -shift, -t) + special.nctdtr(df, shift, -t)))


def detectable_difference(n_prompts: int, n: int, zeta1: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the difference of two cells' means that is seen with a chance of `power`, on these prompts.

    Args:
        n_prompts: Prompts.
        n: Samples of each prompt on each side.
        zeta1: Variance of a pair's mean given one of its samples; see `zeta1_of`.
        alpha: Level of the two-sided test, in (0, 1).
        power: In (0, 1).

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for the variance 4 zeta1 / n. The factor of normal quantiles, 2.80 at the
        usual values, is that of J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition,
        Lawrence Erlbaum (1988), chapter 2.
    """
    return (_z(1.0 - alpha / 2.0) + _z(power)) * math.sqrt(8.0 * zeta1 / (n * n_prompts))


def n_for_difference(delta: float, n_prompts: int, zeta1: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return the samples of each prompt on each side at which `detectable_difference` falls to `delta`; 2 or more.

    Args:
        delta: The difference to be seen, above 0.
        n_prompts: Prompts.
        zeta1: Variance of a pair's mean given one of its samples; see `zeta1_of`.
        alpha: Level of the two-sided test, in (0, 1).
        power: In (0, 1).

    References:
        As for `detectable_difference`, solved for n.
    """
    factor = (_z(1.0 - alpha / 2.0) + _z(power)) / delta
    return max(2, math.ceil(8.0 * zeta1 * factor * factor / n_prompts - _ROUNDING))


def n_for_equivalence(delta: float, n_prompts: int, zeta1: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return the samples of each prompt on each side that show two equal cells to lie within `delta`.

    The two one-sided tests must both succeed, with a chance of `power` where the cells are equal. It is never less
    than what all answers alike would take: equal samples, too, must be many to prove anything.

    Args:
        delta: The margin, in (0, 1).
        n_prompts: Prompts.
        zeta1: Variance of a pair's mean given one of its samples; see `zeta1_of`.
        alpha: Level of each one-sided test, in (0, 0.5).
        power: In (0, 1).

    References:
        D. J. Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach for Assessing
        the Equivalence of Average Bioavailability", Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680
        (1987). The least number: definition by this project, from `n_for_agreement_bound`.
    """
    factor = (_z(1.0 - alpha) + _z((1.0 + power) / 2.0)) / delta
    all_alike = 1 + math.ceil(2.0 * math.log(alpha) / math.log1p(-delta) / n_prompts - _ROUNDING)
    return max(2, all_alike, math.ceil(8.0 * zeta1 * factor * factor / n_prompts - _ROUNDING))


def zeta1_of(variances: Sequence[float], sizes: Sequence[int]) -> float:
    """Return the variance of a pair's mean given one of its samples, from a pilot: the mean of n v / 4 over prompts.

    It is what makes one more sample useful: the variance of a mean over pairs is about 4 zeta1 / n. The jackknife
    tells it rather too large than too small. For a mean over samples it comes to a quarter of their variance.

    Args:
        variances: For each prompt the estimated variance of its mean; see `jackknife_variance`.
        sizes: For each prompt its number of samples.

    Raises:
        ValueError: There is no prompt.

    References:
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969).
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for the variance 4 zeta1 / n.
    """
    if not variances:
        raise ValueError("a pilot of no prompt tells nothing")
    parts = [n * variance / 4.0 for variance, n in zip(variances, sizes, strict=True)]
    return math.fsum(parts) / len(parts)


def _z(probability: float) -> float:
    return float(special.ndtri(probability))


def _first_n(failures: int, at_least: float, alpha: float) -> int:
    """Return the fewest samples at which so many failures still prove the share."""
    too_few, enough = failures, _MOST_SAMPLES
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        proved = float(special.bdtr(failures, middle, 1.0 - at_least)) <= alpha * (1.0 + _ROUNDING)
        enough, too_few = (middle, too_few) if proved else (enough, middle)
    return enough
