import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.pair_trend import pair_trend
from evalkit.stats.permutation import DRAWS
from evalkit.stats.streams import stream
from evalkit.stats.ustatistic import pair_mean


def _equal(codes):
    return np.equal.outer(codes, codes).astype(float)


def test_the_slope_is_that_of_the_means_over_pairs():
    """The statistic is the least-squares slope of each temperature's mean over pairs against its rank."""
    matrix, temperatures = stream(7).random((9, 9)), np.repeat([0.0, 0.3, 1.5], [4, 2, 3])
    matrix = (matrix + matrix.T) / 2
    means = [pair_mean(matrix[np.ix_(temperatures == t, temperatures == t)]) for t in (0.0, 0.3, 1.5)]
    expected = np.polyfit([0, 1, 2], means, 1)[0]
    assert pair_trend(matrix, temperatures, stream(1)).statistic == pytest.approx(expected)


def test_p_value_by_counting():
    """With two temperatures of three answers the sampled p-value is near the share over all 720 orders."""
    matrix, temperatures = _equal(np.array([1, 1, 1, 2, 3, 1])), [0.0] * 3 + [1.0] * 3
    slopes = []
    for order in itertools.permutations(range(6)):
        block = matrix[np.ix_(order, order)]
        slopes.append(pair_mean(block[3:, 3:]) - pair_mean(block[:3, :3]))
    expected = np.mean(np.abs(slopes) >= abs(slopes[0]) - 1e-9)
    assert pair_trend(matrix, temperatures, stream(1)).p_value == pytest.approx(expected, abs=0.02)


def test_a_clear_fall_of_agreement():
    """All alike, half alike, all different: the least p-values."""
    codes = np.array([0] * 8 + [0] * 4 + [1, 2, 3, 4] + list(range(10, 18)))
    found = pair_trend(_equal(codes), np.repeat([0.0, 0.7, 1.5], 8), stream(1))
    assert found.statistic < 0
    assert found.p_value < 0.01


def test_answers_that_are_all_alike_show_nothing():
    """Without any difference the p-value is 1."""
    found = pair_trend(np.ones((6, 6)), [0, 0, 0, 1, 1, 1], stream(1))
    assert (found.p_value, found.exact, found.n_arrangements) == (1.0, False, DRAWS)


@pytest.mark.parametrize("temperatures", [[0, 0, 0], [0, 0, 1]])
def test_too_little_is_refused(temperatures):
    """One temperature has no trend, and one answer no pair."""
    with pytest.raises(ValueError, match="two or more"):
        pair_trend(np.ones((3, 3)), temperatures, stream(1))


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.permutations(range(8)))
def test_answers_have_no_order(codes, order):
    """The order in which answers came does not move the slope."""
    codes, temperatures, order = np.array(codes), np.repeat([0.0, 1.0], 4), np.array(order)
    ours = pair_trend(_equal(codes), temperatures, stream(1)).statistic
    assert pair_trend(_equal(codes[order]), temperatures[order], stream(1)).statistic == pytest.approx(ours, abs=1e-12)
