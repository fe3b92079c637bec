import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from evalkit.stats.equivalence import differs, non_inferior, tost, tost_of_interval
from evalkit.stats.student import mean_interval, quantile

DIFFERENCE, SE = st.floats(-0.3, 0.3), st.floats(0.001, 0.2)


def test_tests_are_scipys():
    """Both one-sided p-values are those of scipy's t test against the margins."""
    values = np.array([0.01, -0.02, 0.03, 0.0, 0.015, -0.01])
    found = tost(float(values.mean()), float(stats.sem(values)), 5, margin=0.05)
    assert found.p_below == pytest.approx(stats.ttest_1samp(values, -0.05, alternative="greater").pvalue)
    assert found.p_above == pytest.approx(stats.ttest_1samp(values, 0.05, alternative="less").pvalue)
    assert found.shown is True


def test_not_different_is_not_equivalent():
    """A wide interval around 0 shows nothing."""
    assert tost(0.0, 0.1, 20, margin=0.05).shown is False


def test_a_gain_is_no_loss():
    """Non-inferiority does not mind a gain, equivalence does."""
    assert non_inferior(0.2, 0.01, 30, margin=0.05).shown is True
    assert tost(0.2, 0.01, 30, margin=0.05).shown is False


def test_two_that_agree_throughout():
    """One-sided ends at 0.025 to the power of 2/19 do not show a margin of 0.05, narrow ones do."""
    assert tost_of_interval(0.0, (-0.32, 0.32), level=0.9, margin=0.05).shown is False
    assert tost_of_interval(0.0, (-0.02, 0.02), level=0.9, margin=0.05).shown is True


def test_no_spread_is_refused():
    """A standard error of 0 claims certainty, and is refused."""
    with pytest.raises(ValueError, match="above 0"):
        tost(0.0, 0.0, 9, margin=0.05)


def test_a_side_without_width_is_decided_by_its_end():
    """An interval that ends at the value is inside the margin when the value is."""
    assert tost_of_interval(0.0, (-0.01, 0.0), level=0.9, margin=0.05).p_above == 0.0
    assert tost_of_interval(0.06, (0.05, 0.06), level=0.9, margin=0.05).shown is False


@given(DIFFERENCE, SE, st.integers(2, 60), st.floats(0.01, 0.3))
def test_shown_when_the_interval_lies_inside(difference, se, df, margin):
    """The tests at 5 % and the 90 % interval always agree."""
    half = quantile(0.9, df) * se
    assume(min(abs(difference - half + margin), abs(margin - difference - half)) > 1e-9)
    inside = -margin < difference - half and difference + half < margin
    assert tost(difference, se, df, margin=margin).shown is inside
    assert non_inferior(difference, se, df, margin=margin).shown is (-margin < difference - half)


@given(DIFFERENCE, SE, SE, st.floats(0.01, 0.3), st.booleans())
def test_from_an_interval_shown_when_it_lies_inside(difference, below, above, margin, lower_only):
    """A lopsided 90 % interval decides by its ends."""
    low, high = difference - below, difference + above
    assume(min(abs(low + margin), abs(margin - high)) > 1e-9)
    found = tost_of_interval(difference, (low, high), level=0.9, margin=margin, lower_only=lower_only)
    assert found.shown is (-margin < low and (lower_only or high < margin))


@given(DIFFERENCE, SE, st.floats(0.01, 0.3))
def test_from_a_normal_interval_the_same(difference, se, margin):
    """With an interval of the normal kind both ways give one p-value, at any level."""
    half = quantile(0.95, math.inf) * se
    found = tost_of_interval(difference, (difference - half, difference + half), level=0.95, margin=margin)
    assert found.p_value == pytest.approx(tost(difference, se, math.inf, margin=margin).p_value, abs=1e-9)


def test_from_paired_differences():
    """Twenty small differences over prompts show a margin of 0.05."""
    values = np.resize([0.01, -0.01, 0.02, -0.02, 0.0], 20)
    low, high = mean_interval(values, level=0.9)
    found = tost(float(values.mean()), float(values.std(ddof=1)) / 20**0.5, 19, margin=0.05)
    assert found.shown is (low > -0.05 and high < 0.05) is True


@given(DIFFERENCE, st.floats(0.001, 0.4), st.floats(0.001, 0.4), st.floats(2, 60))
def test_a_difference_from_nothing_is_an_interval_without_it(difference, below, above, df):
    """The p-value is at most 0.05 exactly when the 95 % interval leaves 0 out, and that of t where it is that of t."""
    ends = (difference - below, difference + above)
    found = differs(difference, ends, level=0.95, df=df)
    edge = ends[0] if difference > 0 else -ends[1]
    assume(abs(edge) > 1e-9)
    assert (found <= 0.05) == (edge > 0)
    se = below / quantile(0.95, df)
    if difference > 0:
        assert found == pytest.approx(2 * stats.t.sf(difference / se, df), abs=1e-12)
