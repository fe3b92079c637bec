import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalkit.stats.student import mean_interval, quantile


def test_quantile_is_the_one_of_the_tables():
    """The 95 % quantile at 9 degrees of freedom is 2.262, as in Student's table."""
    assert quantile(0.95, 9) == pytest.approx(2.2621571628)


def test_interval_is_scipys():
    """The t interval is that of scipy."""
    values = [1.0, 2.0, 4.0, 4.5, 9.0]
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.9)
    assert mean_interval(values, level=0.9) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0, 3.0]])
def test_no_spread_no_interval(values):
    """Nothing, one value, and equal values have no interval, never one of width zero."""
    assert mean_interval(values) is None


def test_spread_too_small_for_a_float_has_no_interval():
    """Where the half width is lost in rounding there is no interval of width zero."""
    assert mean_interval([1e15, 1e15 + 0.125] * 2, level=1e-15) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_an_interval_has_width_and_holds_the_mean(values):
    """Whatever the values, an interval has width and holds their mean."""
    ends = mean_interval(values)
    assert ends is None or (ends[0] < ends[1] and ends[0] <= sum(values) / len(values) + 1e-6)
