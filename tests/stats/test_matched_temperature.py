import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.matched_temperature import Known, matched_temperature
from evalkit.stats.streams import stream

GRID = [0.25, 0.5, 1.0, 1.5, 2.0]


def _curve(values, se=0.01):
    return [Known(value, se) for value in values]


def _diversity(temperature):
    """Return a diversity whose logit is linear in the logarithm of temperature."""
    return 1.0 / (1.0 + math.exp(-2.0 * math.log(temperature)))


@pytest.mark.parametrize("temperature", [0.25, 0.3, 0.7, 1.0, 1.9, 2.0])
def test_linear_on_its_own_axes_is_read_off_exactly(temperature):
    """Where logit of diversity is linear in ln T, the temperature is found to rounding."""
    curve = _curve([_diversity(t) for t in GRID])
    found = matched_temperature(Known(_diversity(temperature), 0.01), GRID, curve, stream(1))
    assert found.value == pytest.approx(temperature)
    assert found.reason is None
    assert found.ends[0] < temperature < found.ends[1]


@pytest.mark.parametrize(("target", "where", "end"), [(0.01, "below 0.25", -math.inf), (0.99, "above 2", math.inf)])
def test_outside_the_grid_no_number_is_made_up(target, where, end):
    """Beyond the temperatures measured there is no value, but a reason, and the interval stays beyond."""
    found = matched_temperature(Known(target, 0.02), GRID, _curve([_diversity(t) for t in GRID], 0.02), stream(1))
    assert found.value is None
    assert found.reason.startswith(where)
    assert end in (found.ends or (end,))


def test_an_end_may_lie_beyond_the_grid():
    """A target near the upper edge has a finite value and an infinite end."""
    found = matched_temperature(Known(0.78, 0.05), GRID, _curve([_diversity(t) for t in GRID]), stream(1))
    assert found.value == pytest.approx(1.88, abs=0.02)
    assert math.isfinite(found.ends[0])
    assert found.ends[1] == math.inf


def test_zero_is_not_on_the_axis():
    """The temperature 0 is left out."""
    curve = _curve([_diversity(t) for t in GRID])
    with_zero = matched_temperature(Known(0.4, 0.01), [0.0, *GRID], [Known(0.0, 0.01), *curve], stream(1))
    assert with_zero == matched_temperature(Known(0.4, 0.01), GRID, curve, stream(1))


def test_a_dip_is_made_flat_first():
    """Two temperatures out of order are pooled; on their level the middle of the two is named."""
    found = matched_temperature(Known(0.4, 0.01), [0.5, 1.0, 2.0, 4.0], _curve([0.1, 0.45, 0.35, 0.9]), stream(1))
    assert found.value == pytest.approx(math.sqrt(2.0))


def test_a_flat_edge_is_beyond_the_grid():
    """A target on a flat piece that ends with the grid may lie anywhere beyond."""
    curve = _curve([0.0, 0.0, 0.5, 0.8, 0.8])
    assert matched_temperature(Known(0.0, 0.01), GRID, curve, stream(1)).reason.startswith("below")
    assert matched_temperature(Known(0.8, 0.01), GRID, curve, stream(1)).reason.startswith("above")


def test_no_uncertainty_no_interval():
    """Values that claim certainty have no interval, rather than one without width."""
    curve = _curve([_diversity(t) for t in GRID], 0.0)
    found = matched_temperature(Known(0.5, 0.0), GRID, curve, stream(1))
    assert (found.value, found.ends) == (pytest.approx(1.0), None)


@pytest.mark.parametrize("grid", [[0.0, 1.0], [1.0, 0.5]])
def test_no_grid_is_refused(grid):
    """It takes two ascending temperatures above 0."""
    with pytest.raises(ValueError, match="ascending"):
        matched_temperature(Known(0.5, 0.1), grid, _curve([0.1, 0.9]), stream(1))


@settings(max_examples=15)
@given(st.floats(0.1, 0.85), st.floats(0.01, 0.1))
def test_a_higher_target_is_no_lower_temperature(target, step):
    """The temperature rises with the target."""
    curve = _curve([0.05, 0.3, 0.25, 0.7, 0.97], 0.0)
    low, high = (matched_temperature(Known(t, 0.0), GRID, curve, stream(1)).value for t in (target, target + step))
    assert low <= high
