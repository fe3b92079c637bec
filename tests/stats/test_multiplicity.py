import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.multiplicity import holm


def test_adjusted_values_are_statsmodels(inference):
    """Holm's adjusted p-values are those of statsmodels."""
    known = inference["multiple_tests"]
    assert holm(known["p"]) == pytest.approx(known["holm"])


def test_by_hand_and_out_of_order():
    """Three tests: times 3, 2 and 1 from the smallest on, never falling, in the order given."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))


def test_none_gives_none():
    """No test needs no adjustment."""
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_is_no_smaller_and_keeps_the_order(p_values):
    """An adjusted p-value is never smaller than the plain one, never above 1, and keeps the ranks."""
    adjusted = holm(p_values)
    assert all(p <= q <= 1.0 for p, q in zip(p_values, adjusted, strict=True))
    ranked = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert ranked == sorted(ranked)
