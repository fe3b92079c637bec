import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import clopper_pearson, jeffreys
from evalkit.stats.student import quantile


def test_over_prompts_is_the_reference(inference):
    """At capped trials the interval of five prompts is the Korn-Graubard interval of the reference values."""
    known = inference["several_prompts_pair_agreement"]
    random = known["random_prompts"]
    ends = bounded_interval(known["mean"], random["se"] ** 2, random["df"], bounds=(0.0, 1.0), most_trials=1e9)
    assert ends == pytest.approx(random["kg95"], abs=1e-9)


def test_binomial_variance_gives_back_the_trials():
    """With the variance of a share of 50 trials, and known well, it is Jeffreys's interval of 50."""
    ends = bounded_interval(0.3, 0.3 * 0.7 / 50, 1e12, bounds=(0.0, 1.0))
    assert ends == pytest.approx(jeffreys(15, 50), abs=1e-6)


def test_bounds_only_rescale():
    """A score from 1 to 5 has the interval of its share of the range."""
    low, high = bounded_interval(0.25, 0.01, 9, bounds=(0.0, 1.0))
    scaled = bounded_interval(2.0, 0.16, 9, bounds=(1.0, 5.0))
    assert scaled == pytest.approx((1 + 4 * low, 1 + 4 * high))


def test_close_to_a_t_interval_in_the_middle():
    """Away from the bounds, with little variance, it is nearly the t interval."""
    half = quantile(0.95, 29) * 0.01
    assert bounded_interval(0.5, 1e-4, 29, bounds=(0.0, 1.0)) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-3)


@given(st.floats(0, 1), st.floats(0, 0.25), st.integers(1, 100))
def test_never_without_width_and_never_outside(value, variance, df):
    """Whatever the mean and its variance, the interval has width, lies in the bounds and holds the mean."""
    low, high = bounded_interval(value, variance, df, bounds=(0.0, 1.0))
    assert 0.0 <= low <= value + 1e-9
    assert value - 1e-9 <= high <= 1.0
    assert low < high


def test_no_more_trials_than_there_are():
    """A variance of zero claims no more trials than there are."""
    assert bounded_interval(0.5, 0.0, 9, bounds=(0.0, 1.0), most_trials=45) == clopper_pearson(22.5, 45)
