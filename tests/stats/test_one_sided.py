import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from evalkit.stats.one_sided import p_at_least, p_at_most
from evalkit.stats.proportion import all_equal_interval, clopper_pearson
from evalkit.stats.student import quantile
from evalkit.stats.verdict import Verdict, at_least, at_most

LEVEL = st.sampled_from([0.8, 0.9, 0.95, 0.99])
VALUE = st.floats(-2.0, 2.0)
HALF = st.floats(0.001, 1.0)
BOUND = st.floats(-3.0, 3.0)


@given(VALUE, HALF, HALF, BOUND, LEVEL, st.sampled_from([3.0, 20.0, math.inf]))
def test_small_exactly_when_the_end_clears_the_bound(value, below, above, bound, level, df):
    """Of any lopsided interval the p-value says at 1 - level what the verdict says."""
    ends = (value - below, value + above)
    assume(min(abs(ends[0] - bound), abs(ends[1] - bound)) > 1e-6)
    least, most = (f(value, ends, bound, level=level, df=df) for f in (p_at_least, p_at_most))
    assert (least <= 1 - level) == (at_least(value, ends, bound, n=20).verdict is Verdict.PASS)
    assert (most <= 1 - level) == (at_most(value, ends, bound, n=20).verdict is Verdict.PASS)
    assert 0.0 < least <= 1.0
    assert 0.0 < most <= 1.0


@given(st.integers(2, 400), BOUND, LEVEL)
def test_small_exactly_when_the_end_clears_the_bound_where_all_agreed(n, bound, level):
    """Where all agreed, the bound of one side decides, at 1 - level whole."""
    top, bottom = (all_equal_interval(v, n, bounds=(0.0, 1.0), level=level) for v in (1.0, 0.0))
    assume(abs(top[0] - bound) > 1e-9)
    assert (p_at_least(1.0, top, bound, level=level) <= 1 - level) == (top[0] > bound)
    assert (p_at_most(0.0, bottom, 1 - bound, level=level) <= 1 - level) == (top[0] > bound)


@given(VALUE, HALF, HALF, BOUND, st.floats(0, 1), LEVEL)
def test_more_claimed_is_shown_less(value, below, above, bound, more, level):
    """A bound that asks for more never has the smaller p-value."""
    ends = (value - below, value + above)
    assert p_at_least(value, ends, bound, level=level) <= p_at_least(value, ends, bound + more, level=level)
    assert p_at_most(value, ends, bound, level=level) <= p_at_most(value, ends, bound - more, level=level)


@given(st.integers(2, 400), BOUND, st.floats(0, 1), LEVEL)
def test_more_claimed_is_shown_less_where_all_agreed(n, bound, more, level):
    """So it is where all agreed."""
    ends = all_equal_interval(1.0, n, bounds=(0.0, 1.0), level=level)
    assert p_at_least(1.0, ends, bound, level=level) <= p_at_least(1.0, ends, bound + more, level=level)


@given(VALUE, HALF, HALF, BOUND, LEVEL)
def test_one_side_is_the_other_turned_round(value, below, above, bound, level):
    """At most is at least of what is turned round."""
    turned = p_at_least(-value, (-value - above, -value + below), -bound, level=level)
    assert p_at_most(value, (value - below, value + above), bound, level=level) == pytest.approx(turned)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_where_all_agreed_it_is_the_chance_of_that(level):
    """Thirty equal trials at a chance of 0.8 have one of 0.8 to the power of 30, whatever the level."""
    top, bottom = (all_equal_interval(v, 30, bounds=(0.0, 1.0), level=level) for v in (1.0, 0.0))
    assert p_at_least(1.0, top, 0.8, level=level) == pytest.approx(0.8**30)
    assert p_at_most(0.0, bottom, 0.2, level=level) == pytest.approx(0.8**30)


@pytest.mark.parametrize("df", [4.0, math.inf])
def test_of_a_usual_interval_it_is_twice_that_of_one_side(df):
    """Three standard errors above the bound, by t where it is told the degrees of freedom."""
    half = quantile(0.95, df) * 0.1
    found = p_at_least(0.8, (0.8 - half, 0.8 + half), 0.5, level=0.95, df=df)
    assert found == pytest.approx(2 * (stats.t.sf(3, df) if math.isfinite(df) else stats.norm.sf(3)))


@pytest.mark.parametrize("bound", [0.5, 0.6, 0.7, 0.75])
def test_it_is_about_that_of_the_exact_test(bound):
    """Eighteen of twenty against a share: within a factor of two of twice the binomial tail."""
    exact = 2 * stats.binom.sf(17, 20, bound)
    found = p_at_least(0.9, clopper_pearson(18, 20), bound, level=0.95)
    assert 0.5 < found / exact < 2.0


def test_what_can_not_be_otherwise_is_shown():
    """At least 0 and at most 1 hold of every share, and what lies on the wrong side is never shown."""
    assert p_at_least(0.0, (0.0, 0.2), 0.0, level=0.95) < 1e-300
    assert p_at_most(1.0, (0.8, 1.0), 1.0, level=0.95) < 1e-300
    assert p_at_least(1.0, (0.8, 1.0), 0.0, level=0.95) < 1e-300
    assert p_at_most(0.0, (0.0, 0.2), 1.0, level=0.95) < 1e-300
    assert p_at_least(1.0, (0.8, 1.0), 1.0, level=0.95) == 1.0
    assert p_at_most(0.4, (0.3, 0.5), 0.4, level=0.95) == 1.0
