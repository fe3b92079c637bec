import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.slope import log_slope, log_slope_variance, mean_log_slope
from evalkit.stats.streams import stream
from evalkit.stats.student import mean_interval

GRID = [0.0, 0.2, 0.5, 1.0, 1.5]


def test_a_straight_line_is_found_and_zero_left_out():
    """Values linear in ln T give their slope, whatever the value at temperature 0."""
    values = [99.0, *[3.0 + 0.4 * math.log(t) for t in GRID[1:]]]
    assert log_slope(GRID, values) == pytest.approx(0.4)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_slope_is_least_squares(values):
    """It is numpy's least-squares line on the logarithm."""
    expected = np.polyfit(np.log(GRID[1:]), values, 1)[0]
    assert log_slope(GRID[1:], values) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("temperatures", [[], [1.0], [0.0, 1.0], [0.1, 1.0], [1.0, 1.0]])
def test_one_point_has_no_slope(temperatures):
    """Fewer than two temperatures on the axis have no slope, which is not a slope of 0."""
    assert log_slope(temperatures, list(range(len(temperatures)))) is None


def test_variance_of_the_slope_is_that_of_repeats():
    """Slopes of noisy values spread as the variance says."""
    variances = np.array([0.0, 0.01, 0.02, 0.03, 0.04])
    noise = stream(1).standard_normal((4000, 5)) * np.sqrt(variances)
    slopes = [log_slope(GRID, each) for each in noise]
    assert log_slope_variance(GRID, variances) == pytest.approx(np.var(slopes), rel=0.1)
    assert log_slope_variance([0.0, 1.0], [0.1, 0.1]) is None


def test_mean_over_prompts():
    """The mean is over prompts that have a slope, with a t interval over them."""
    lines = [(GRID, [0.0, *[b * math.log(t) for t in GRID[1:]]]) for b in (0.1, 0.2, 0.6)]
    found = mean_log_slope([*lines, ([0.0, 1.0], [0.0, 1.0])])
    assert found.value == pytest.approx(0.3)
    assert found.per_prompt == (pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.6), None)
    assert found.ends == pytest.approx(mean_interval([0.1, 0.2, 0.6]))


def test_without_spread_there_is_no_interval():
    """One prompt, equal slopes or none at all have no interval."""
    flat = (GRID, [1.0] * 5)
    assert mean_log_slope([flat]).ends is None
    assert mean_log_slope([flat, flat]).ends is None
    assert mean_log_slope([]) == mean_log_slope([], level=0.5)
    assert mean_log_slope([]).value is None
