import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.proportion import (
    all_equal_interval,
    all_equal_lower,
    clopper_pearson,
    commonest_share_interval,
    commonest_share_lower,
    even_trials,
    jeffreys,
    wilson,
)

COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_clopper_pearson_by_hand():
    """When all of n came out, the lower end solves low to the power of n = half the error."""
    assert clopper_pearson(20, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))


@given(COUNTS, st.floats(0.5, 0.999))
def test_all_have_width_and_hold_the_share(counts, level):
    """Whatever the counts, every interval lies in [0, 1], has width and holds the share."""
    successes, trials = counts
    for low, high in (make(successes, trials, level=level) for make in (wilson, clopper_pearson, jeffreys)):
        assert 0.0 <= low <= successes / trials <= high <= 1.0
        assert low < high


@given(COUNTS, st.floats(0.5, 0.999))
def test_all_are_symmetric(counts, level):
    """Successes and failures may change their names."""
    successes, trials = counts
    for interval in (wilson, clopper_pearson, jeffreys):
        low, high = interval(successes, trials, level=level)
        assert interval(trials - successes, trials, level=level) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(("trials", "bound"), [(5, 0.549), (10, 0.741), (20, 0.861), (59, 0.950), (299, 0.990)])
def test_all_equal_lower_is_the_known_table(trials, bound):
    """The bounds are those of the rule of three's table."""
    assert all_equal_lower(trials) == pytest.approx(bound, abs=5e-4)


def test_all_equal_interval_at_the_top():
    """Sixty equal trials at 1 bound the mean from below only."""
    low, high = all_equal_interval(1.0, 60, bounds=(0.0, 1.0))
    assert (low, high) == (pytest.approx(0.05 ** (1 / 60)), 1.0)


def test_all_equal_interval_inside():
    """Equal trials inside the range may be wrong on both sides, by the distance to each bound."""
    low, high = all_equal_interval(2.0, 10, bounds=(0.0, 10.0))
    other = 1 - 0.05**0.1
    assert (low, high) == pytest.approx((2 - 2 * other, 2 + 8 * other))


@pytest.mark.parametrize("bounds", [(0.0, math.inf), (-math.inf, 1.0), (1.0, 1.0)])
def test_all_equal_needs_bounds(bounds):
    """Without bounds nothing is known of what the rare other values may be."""
    assert all_equal_interval(1.0, 10, bounds=bounds) is None


def test_even_trials_count_all() -> None:
    """Sources with the same number of trials bound the mean by all of them together."""
    assert even_trials([5, 5, 5]) == 15


def test_a_source_with_few_trials_leaves_the_mean_open() -> None:
    """The bound is the least mean that explains what was seen: no search over chances finds a smaller one."""
    trials = np.array([5.0, 5.0, 1.0])
    bound = 0.05 ** (1 / even_trials(trials))
    chances = np.random.default_rng(1).random((200_000, 3)) ** 0.2
    possible = (chances**trials).prod(axis=1) >= 0.05
    assert bound < 0.05 ** (1 / trials.sum())
    assert bound <= chances[possible].mean(axis=1).min() <= bound + 0.01


@pytest.mark.parametrize("n", [10, 20, 59])
def test_the_commonest_of_equal_samples_is_as_if_it_had_been_named(n):
    """When all of ten or more agree, the lower end is that of an outcome named beforehand."""
    assert commonest_share_interval(n, n) == (pytest.approx(0.025 ** (1 / n), abs=1e-4), 1.0)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_commonest_of_few_equal_samples_is_as_if_the_first_had_been_chosen(n):
    """When all of a few agree, the lower end is that of n - 1 repetitions of the first."""
    assert commonest_share_interval(n, n) == (pytest.approx(0.025 ** (1 / (n - 1))), 1.0)


def test_thirty_equal_samples_bound_the_commonest_share():
    """Of one side, thirty equal samples show a chance of 0.905."""
    assert commonest_share_lower(30, 30) == pytest.approx(0.05 ** (1 / 30), abs=1e-6)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.floats(0.01, 0.25))
def test_the_lower_bound_of_the_commonest_share_grows(counts, alpha):
    """More of the commonest outcome, or more readiness to be wrong, never lower the bound."""
    count, n = counts
    low = commonest_share_lower(count, n, alpha=alpha)

    assert low <= commonest_share_lower(count, n, alpha=alpha * 1.5)
    assert low <= commonest_share_lower(min(n, count + 1), n, alpha=alpha)


def test_the_commonest_of_different_samples_may_have_any_small_chance():
    """When all differ, only the upper end says something."""
    assert commonest_share_interval(1, 20) == (0.0, clopper_pearson(1, 20)[1])
    assert commonest_share_interval(1, 1) == (0.0, 1.0)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.floats(0.5, 0.999))
def test_the_commonest_share_lies_in_its_interval(counts, level):
    """The bounds have a width, hold the sample's share, and are no narrower than for an outcome chosen before."""
    count, n = counts
    low, high = commonest_share_interval(count, n, level=level)
    known = clopper_pearson(count, n, level=level)

    assert 0.0 <= low <= count / n <= high <= 1.0
    assert low < high
    assert low <= known[0] + 1e-12
    assert high == known[1]


SOURCES = [
    *([0.5, 0.5], [0.51, 0.49], [0.6, 0.4], [0.9, 0.1], [0.98, 0.02], [1 / 3] * 3, [0.5, 0.25, 0.25], [0.7, 0.2, 0.1]),
    *([0.25] * 4, [0.4, 0.3, 0.2, 0.1], [0.6, 0.2, 0.1, 0.1]),
]


def counts_of(chances, n):
    """Yield the greatest count of n samples in every way they may fall, each with its chance."""
    for counts in itertools.product(range(n + 1), repeat=len(chances)):
        if sum(counts) == n:
            ways = math.factorial(n) // math.prod(map(math.factorial, counts))
            likely = math.prod(chance**count for chance, count in zip(chances, counts, strict=True))
            yield max(counts), ways * likely


@pytest.mark.parametrize("n", [2, 3, 5, 8])
@pytest.mark.parametrize("chances", SOURCES)
def test_the_commonest_share_is_covered_at_every_source(chances, n):
    """Summed over all outcomes, the bounds hold the truth at least as often as they promise, and so does the lower."""
    ends = {count: commonest_share_interval(count, n) for count in range(1, n + 1)}
    lower = {count: commonest_share_lower(count, n) for count in range(1, n + 1)}
    found, most = list(counts_of(chances, n)), max(chances)

    assert sum(likely for count, likely in found if ends[count][0] <= most <= ends[count][1]) >= 0.95
    assert sum(likely for count, likely in found if lower[count] <= most) >= 0.95


@pytest.mark.parametrize("n", [5, 8, 9])
@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.025, 0.001])
def test_the_lower_bound_is_covered_just_below_each_of_its_values(n, alpha):
    """A truth just below a bound, where coverage is least, is given that bound no oftener than alpha."""
    for count in range(2, n + 1):
        most = commonest_share_lower(count, n, alpha=alpha) - 1e-9
        rest = 1.0 - most
        for chances in ([most, rest], [most, rest / 2, rest / 2], [most, min(most, rest), max(0.0, rest - most)]):
            if max(chances) <= most:
                assert sum(likely for found, likely in counts_of(chances, n) if found >= count) <= alpha + 1e-9
