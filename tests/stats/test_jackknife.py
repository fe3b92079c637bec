import numpy as np
import pytest

from evalkit.stats.jackknife import jackknife_interval
from evalkit.stats.student import mean_interval

VALUES = np.array([1.0, 2.0, 4.0, 4.5, 9.0])


def test_of_a_mean_it_is_the_t_interval():
    """For the mean the jackknife's standard error is the usual one, exactly."""
    left_out = [np.delete(VALUES, i).mean() for i in range(len(VALUES))]
    assert jackknife_interval(VALUES.mean(), left_out) == pytest.approx(mean_interval(VALUES))


def test_centre_is_the_value_itself():
    """The interval lies around the value of all samples, which the jackknife does not correct."""
    low, high = jackknife_interval(10.0, [9.0, 9.5, 11.0])
    assert (low + high) / 2 == pytest.approx(10.0)


@pytest.mark.parametrize(
    "left_out", [[], [1.0], [1.0, 2.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0 + 2e-16, 1.0, 1.0 - 1e-16]]
)
def test_too_few_or_equal_have_no_interval(left_out):
    """Fewer than three values left out, or equal ones, be it but for rounding, have no interval."""
    assert jackknife_interval(1.0, left_out) is None
