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


@pytest.mark.parametrize("n", [2, 5, 20, 59])
def test_the_commonest_of_equal_samples_is_as_if_the_first_had_been_chosen(n):
    """When all agree, the lower end is that of n - 1 repetitions of one chosen before, whichever came first."""
    assert commonest_share_interval(n, n) == (pytest.approx(0.025 ** (1 / (n - 1))), 1.0)


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


@pytest.mark.parametrize(
    "chances", [[0.5, 0.5], [0.6, 0.4], [0.9, 0.1], [0.98, 0.02], [1 / 3] * 3, [0.25] * 4, [0.4, 0.3, 0.2, 0.1]]
)
def test_the_commonest_share_is_covered_at_every_source(chances):
    """Summed over all outcomes of eight samples, the chance that the bounds hold the truth is at least the level."""
    n, covered = 8, 0.0
    for counts in itertools.product(range(n + 1), repeat=len(chances)):
        if sum(counts) == n:
            ways = math.factorial(n) // math.prod(map(math.factorial, counts))
            low, high = commonest_share_interval(max(counts), n)
            likely = ways * math.prod(chance**count for chance, count in zip(chances, counts, strict=True))
            covered += likely * (low <= max(chances) <= high)

    assert covered >= 0.95
