import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalkit.stats.multiplicity import benjamini_hochberg, holm, max_t
from evalkit.stats.permutation import DRAWS, sign_flip
from evalkit.stats.streams import stream

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_by_hand_and_out_of_order():
    """Three tests: times 3, 2 and 1 from the smallest on, never falling, in the order given."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))


def test_none_gives_none():
    """No test needs no adjustment."""
    assert holm([]) == benjamini_hochberg([]) == ()


@pytest.mark.parametrize("method", [holm, benjamini_hochberg])
@given(P_VALUES)
def test_adjusted_is_no_smaller_and_keeps_the_order(method, p_values):
    """An adjusted p-value is never smaller than the plain one, never above 1, and keeps the ranks."""
    adjusted = method(p_values)
    assert all(p <= q <= 1.0 for p, q in zip(p_values, adjusted, strict=True))
    ranked = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert ranked == sorted(ranked)


@given(P_VALUES)
def test_false_discoveries_cost_less_than_any_false_alarm(p_values):
    """Benjamini-Hochberg never adjusts more than Holm, and is scipy's."""
    adjusted = benjamini_hochberg(p_values)
    assert all(b <= h + 1e-12 for b, h in zip(adjusted, holm(p_values), strict=True))
    assert adjusted == pytest.approx(stats.false_discovery_control(p_values))


def test_one_contrast_is_a_sign_flip_test():
    """A single contrast needs no adjustment."""
    differences = [0.1, -0.2, 0.3, 0.4, 0.25]
    assert max_t([[d] for d in differences], stream(1)) == pytest.approx((sign_flip(differences, stream(1)).p_value,))


def test_the_same_contrast_twice_costs_nothing():
    """Contrasts that move together are counted once, where Holm would double them."""
    differences = np.array([[0.1, -0.2, 0.3, 0.4, 0.25, 0.3]]).T
    single = max_t(differences, stream(1))[0]
    assert max_t(np.hstack([differences, differences, 3 * differences]), stream(1)) == pytest.approx((single,) * 3)
    assert holm([single] * 3)[0] == pytest.approx(3 * single)


def test_a_contrast_without_any_difference_is_nothing():
    """A column of zeros has p-value 1 and disturbs no other."""
    column = np.array([[0.1, 0.2, 0.3, 0.4, 0.5]]).T
    assert max_t(np.hstack([column, 0 * column]), stream(1)) == pytest.approx((2 / 32, 1.0))


def test_many_prompts_are_sampled():
    """With thirty prompts signs are drawn, and the least p-value is that of sampling."""
    found = max_t(np.ones((30, 2)), stream(1))
    assert found == pytest.approx((1 / (DRAWS + 1),) * 2)


@given(st.lists(st.tuples(*[st.integers(-5, 5)] * 3), min_size=2, max_size=7))
def test_adjusting_never_helps_and_holm_is_never_beaten_by_less(rows):
    """Adjusted p-values are no smaller than each contrast's own test by Student's t, and keep their order."""
    table = np.array(rows, dtype=float)
    own = [max_t(table[:, [i]], stream(1))[0] for i in range(3)]
    adjusted = max_t(table, stream(1))
    assert all(p <= q <= 1.0 for p, q in zip(own, adjusted, strict=True))
    assert all(q <= h + 1e-12 for q, h in zip(adjusted, holm([max(own)] * 3), strict=True))
