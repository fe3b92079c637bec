"""Intervals within one prompt for what k draws would give: agreement of all, and number of different answers.

They are U-statistics of order k, with the corners that resampling does not see: all answers alike, or none. Their
delete-one variance comes from class counts, and is worth no more independent trials than there are answers: it is
0 by chance where classes happen to be equally large.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from evalkit.stats.at_k import distinct_at_k, distinct_valid_at_k, tar_at_k
from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_lower, clopper_pearson
from evalkit.stats.student import Ends


def tar_interval(counts: Sequence[int], k: int, *, level: float = 0.95) -> Ends | None:
    """Return an interval for the chance that k draws all agree; None for fewer than k answers.

    Beta ends at the trials that the delete-one variance is worth, with three guards. Where all n answers agree the
    lower end is exact, since the chance of that is at most the chance of k agreeing to the power of n/k. The upper
    end allows for one common answer among rare ones, the worst case for chance; and it is no higher than agreement
    of two allows, to the power of k/2, which matters where answers are many and k agree never.

    Args:
        counts: Answers in each class.
        k: Draws, 2 or more.
        level: In (0, 1).

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for effective trials.
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969). The
        guards: definition by this project, held by tests/calibration.
    """
    n, classes = sum(counts), [count for count in counts if count]
    if n < k:
        return None
    if len(classes) == 1:
        return all_equal_lower(n / k, (1.0 - level) / 2.0), 1.0
    common = clopper_pearson(max(classes), n, level=level)[1] ** k
    low, high = _tar_ends(classes, k, level)
    two = _tar_ends(classes, 2, level)[1] ** (k / 2.0) if k > 2 else 1.0  # noqa: PLR2004 - two draws bound more
    return low, max(common, min(high, two))


def distinct_interval(counts: Sequence[int], k: int, *, level: float = 0.95) -> Ends | None:
    """Return an interval for the expected number of different answers among k draws; None for fewer than k answers.

    Beta ends, between 1 and k, at the trials that the delete-one variance is worth; with two guards. Where all n
    answers agree the upper end is exact, from what agreement of two draws must be at least. The lower end allows for
    one common answer among rare ones.

    Args:
        counts: Answers in each class.
        k: Draws, 2 or more.
        level: In (0, 1).

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for effective trials.
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969). The
        guards: definition by this project, held by tests/calibration.
    """
    n, classes = sum(counts), [count for count in counts if count]
    value = distinct_at_k(classes, k)
    if value is None:
        return None
    if len(classes) == 1:
        return 1.0, 1.0 + (k - 1) * (1.0 - all_equal_lower(n / 2.0, (1.0 - level) / 2.0))
    common = _one_among_rare(clopper_pearson(max(classes), n, level=level)[1], k)
    if len(classes) == n:
        return common, float(k)
    if n == k:
        low, high = (1.0 + (k - 1) * end for end in clopper_pearson((value - 1.0) / (k - 1), 1.0, level=level))
    else:
        variance = distinct_valid_variance(classes, [True] * len(classes), k)
        low, high = bounded_interval(value, variance, n - 1, bounds=(1.0, float(k)), level=level, most_trials=n)
    return min(low, common), high


def distinct_valid_interval(
    counts: Sequence[int], valid: Sequence[bool], k: int, *, level: float = 0.95
) -> Ends | None:
    """Return an interval for the expected number of different valid answers among k draws; None for fewer answers.

    Beta ends, between 0 and k, at the trials that the delete-one variance is worth; with three guards. Where no answer
    is valid, k draws hold no more valid ones than the exact bound of their share allows. The lower end allows for one
    common valid answer among rare ones, and for the least share of valid answers. Where all answers are one valid one,
    the upper end is at least what agreement of two draws leaves open.

    Args:
        counts: Answers in each class.
        valid: Whether the answers of the class are valid; as long as `counts`.
        k: Draws, 2 or more.
        level: In (0, 1).

    References:
        E. L. Korn, B. I. Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive
        Counts Estimated from Survey Data", Survey Methodology 24(2), 193-201 (1998), for effective trials.
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969). The
        guards: definition by this project, held by tests/calibration.
    """
    n, value = sum(counts), distinct_valid_at_k(counts, valid, k)
    if value is None:
        return None
    good = [count for count, accepted in zip(counts, valid, strict=True) if accepted and count]
    least, most = clopper_pearson(sum(good), n, level=level)
    if not good:
        return 0.0, k * most
    if n == k:
        low, high = (k * end for end in clopper_pearson(value / k, 1.0, level=level))
    else:
        variance = distinct_valid_variance(counts, valid, k)
        low, high = bounded_interval(value, variance, n - 1, bounds=(0.0, float(k)), level=level, most_trials=n)
    if good == [n]:
        high = max(high, 1.0 + (k - 1) * (1.0 - all_equal_lower(n / 2.0, (1.0 - level) / 2.0)))
    return min(low, k * least, _one_among_rare(clopper_pearson(max(good), n, level=level)[1], k)), high


def tar_variance(counts: Sequence[int], k: int) -> float:
    """Return the delete-one variance of the chance that k draws agree, from class counts; biased upwards.

    Args:
        counts: Answers in each class, more than k together.
        k: Draws, 2 or more.

    References:
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969).
    """
    n = sum(counts)
    ways, fewer = sum(math.comb(count, k) for count in counts), math.comb(n - 1, k)
    value = ways / math.comb(n, k)
    left_out = {count: (ways - math.comb(count - 1, k - 1)) / fewer for count in counts if count}
    squares = (size * times * (left_out[size] - value) ** 2 for size, times in Counter(counts).items() if size)
    return (n - 1) / n * math.fsum(squares)


def distinct_valid_variance(counts: Sequence[int], valid: Sequence[bool], k: int) -> float:
    """Return the delete-one variance of the expected number of different valid answers among k draws; biased upwards.

    Args:
        counts: Answers in each class, more than k together.
        valid: Whether the answers of the class are valid; as long as `counts`.
        k: Draws, 2 or more.

    References:
        J. N. Arvesen, "Jackknifing U-Statistics", Annals of Mathematical Statistics 40(6), 2076-2100 (1969).
    """
    n = sum(counts)
    good = [count for count, accepted in zip(counts, valid, strict=True) if accepted and count]
    fewer = math.comb(n - 1, k)
    missed = {count: math.comb(max(0, n - 1 - count), k) for count in good}
    value = len(good) - sum(math.comb(n - count, k) for count in good) / math.comb(n, k)
    others = sum(missed[count] for count in good)
    without = {c: len(good) - (others - missed[c] + math.comb(n - c, k)) / fewer for c in good}
    without_bad = len(good) - others / fewer
    squares = [size * times * (without[size] - value) ** 2 for size, times in Counter(good).items()]
    return (n - 1) / n * math.fsum([*squares, (n - sum(good)) * (without_bad - value) ** 2])


def _tar_ends(classes: Sequence[int], k: int, level: float) -> Ends:
    value, n = tar_at_k(classes, k), sum(classes)
    if not value or n == k:
        return 0.0, 0.0
    return bounded_interval(value, tar_variance(classes, k), n - 1, bounds=(0.0, 1.0), level=level, most_trials=n)


def _one_among_rare(share: float, k: int) -> float:
    """Return the expected number of different answers among k draws when one has that share and all others differ."""
    return k * (1.0 - share) + 1.0 - (1.0 - share) ** k
