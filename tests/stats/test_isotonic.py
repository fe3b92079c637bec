import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.isotonic import isotonic_fit, isotonic_fits, monotone_test
from evalkit.stats.streams import stream

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=10)


def test_weights_by_hand():
    """A violation is pooled at the weighted mean."""
    assert isotonic_fit([1.0, 4.0, 2.0], weights=[1, 1, 3]) == pytest.approx([1.0, 2.5, 2.5])


@given(VALUES)
def test_fit_never_falls_and_keeps_the_mean(values):
    """The fit is monotone, has the mean of the values, and is its own fit."""
    fit = isotonic_fit(values)
    assert (np.diff(fit) >= 0).all()
    assert fit.mean() == pytest.approx(np.mean(values), abs=1e-9)
    assert isotonic_fit(fit) == pytest.approx(fit)


@given(VALUES)
def test_falling_is_rising_backwards(values):
    """The falling fit is the rising fit of the values in reverse order."""
    assert isotonic_fit(values, falling=True) == pytest.approx(isotonic_fit(values[::-1])[::-1], abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 10)), min_size=1, max_size=8))
def test_many_at_once_are_each_by_itself(weighted):
    """The fits of many curves are scipy's fit of each."""
    values, weights = map(np.array, zip(*weighted, strict=True))
    curves = np.vstack([values, values[::-1], np.sort(values)])
    expected = [isotonic_fit(curve, weights=weights.tolist()) for curve in curves]
    assert isotonic_fits(curves, weights) == pytest.approx(np.array(expected), abs=1e-9)


def test_a_rising_curve_is_no_distance_away():
    """A monotone curve has distance 0 and p-value 1."""
    found = monotone_test([0.1, 0.2, 0.4, 0.4], [0.05] * 4, stream(1))
    assert (found.distance, found.p_value) == (pytest.approx(0.0, abs=1e-12), 1.0)


def test_a_deep_dip_is_seen():
    """A curve that rises and falls by fifteen standard errors is not monotone."""
    found = monotone_test([0.1, 0.4, 0.6, 0.3], [0.02] * 4, stream(1))
    assert found.distance == pytest.approx(2 * (0.15 / 0.02) ** 2)
    assert found.p_value < 0.01


def test_two_points_by_theory():
    """Of two points the distance is half of a chi-square of one degree: 1.96 down in the difference is p = 0.025."""
    found = monotone_test([1.959963985 * 2**0.5, 0.0], [1.0, 1.0], stream(1))
    assert found.distance == pytest.approx(1.959963985**2)
    assert found.p_value == pytest.approx(0.025, abs=0.01)


def test_a_curve_known_for_sure_is_refused():
    """Standard errors of 0 claim certainty."""
    with pytest.raises(ValueError, match="above 0"):
        monotone_test([0.1, 0.2], [0.0, 0.1], stream(1))


@settings(max_examples=10)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=5))
def test_rescaling_changes_nothing(values):
    """Values and errors in other units give the same distance."""
    ours = monotone_test(values, [0.1] * len(values), stream(1))
    other = monotone_test([100 * v for v in values], [10.0] * len(values), stream(1))
    assert other.distance == pytest.approx(ours.distance, abs=1e-9)
