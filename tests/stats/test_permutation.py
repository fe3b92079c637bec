import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.permutation import DRAWS, all_sums, sign_flip, two_sided
from evalkit.stats.streams import stream


def test_all_sums_are_all():
    """Two parts of two values have four sums."""
    assert sorted(all_sums([np.array([0.0, 1.0]), np.array([0.0, 10.0])])) == [0.0, 1.0, 10.0, 11.0]


def test_sampled_p_is_never_zero():
    """The observed arrangement counts among those that were sampled."""
    assert two_sided(9.0, np.zeros(99), exact=False).p_value == pytest.approx(1 / 100)


def test_exact_p_counts():
    """With all arrangements at hand the p-value is their share."""
    assert two_sided(2.0, np.array([-2.0, -1.0, 1.0, 2.0]), exact=True).p_value == pytest.approx(0.5)


def test_sign_flip_by_hand():
    """Three differences of one sign: two of the eight ways are as far from zero."""
    found = sign_flip([1.0, 2.0, 3.0], stream(1))
    assert (found.statistic, found.p_value, found.exact) == (pytest.approx(2.0), pytest.approx(0.25), True)


def test_sign_flip_samples_where_there_are_too_many():
    """Thirty differences of one sign are sampled, and give the least p-value there is."""
    found = sign_flip([1.0] * 30, stream(1))
    assert (found.p_value, found.exact, found.n_arrangements) == (pytest.approx(1 / (DRAWS + 1)), False, DRAWS)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=10))
def test_swapping_sides_changes_the_sign_only(differences):
    """The two sides of a pair may change places."""
    ours, other = sign_flip(differences, stream(1)), sign_flip([-d for d in differences], stream(1))
    assert (ours.p_value, ours.statistic) == (other.p_value, pytest.approx(-other.statistic))
