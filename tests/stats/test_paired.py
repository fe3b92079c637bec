import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.paired import Side, difference_on_like_these, difference_on_these
from evalkit.stats.streams import stream
from evalkit.stats.student import mean_interval

PROMPT = st.tuples(*[st.floats(0, 1), st.floats(0, 0.25)] * 2)


def _sides(known, n=10):
    a, va, b, vb = zip(*known, strict=True)
    return Side(a, va, [n] * len(a)), Side(b, vb, [n] * len(b))


def test_away_from_the_bounds_it_is_students():
    """With little variance in the middle the recovered interval is nearly value ± t times the standard error."""
    first, second = Side([0.55] * 10, [0.002] * 10, [50] * 10), Side([0.45] * 10, [0.002] * 10, [50] * 10)
    found = difference_on_these(first, second, stream(1))
    assert (found.value, found.se) == (pytest.approx(0.1), pytest.approx(0.02))
    assert found.df == pytest.approx(980)
    assert found.ends == pytest.approx((0.1 - 1.96 * 0.02, 0.1 + 1.96 * 0.02), abs=1e-3)


def test_agreement_everywhere_keeps_its_width():
    """Twenty prompts of twenty equal answers on both sides: within 0.03 of one another, not exactly alike."""
    sure = Side([1.0] * 20, [0.0] * 20, [20] * 20)
    found = difference_on_these(sure, sure, stream(1))
    lost = 1.0 - 0.025 ** (1 / 190)
    assert (found.value, found.se) == (0.0, 0.0)
    assert found.ends == pytest.approx((-lost, lost))


def test_one_prompt_that_agrees_can_not_show_a_margin():
    """One prompt of twenty equal answers on both sides leaves a difference of 0.3 open."""
    sure = Side([1.0], [0.0], [20])
    assert difference_on_these(sure, sure, stream(1)).ends[0] < -0.3


def test_without_bounds_it_is_t():
    """Without bounds the interval is value ± t times the standard error, and none without variance."""
    free = (-math.inf, math.inf)
    first, second = Side([5.0, 7.0], [1.0, 1.0], [9, 9]), Side([4.0, 5.0], [1.0, 1.0], [9, 9])
    found = difference_on_these(first, second, stream(1), bounds=free)
    assert found.ends == pytest.approx((1.5 - 2.0369333, 1.5 + 2.0369333))
    still = Side([5.0, 7.0], [0.0, 0.0], [9, 9])
    assert difference_on_these(still, still, stream(1), bounds=free).ends is None


def test_prompts_like_these_by_hand():
    """Three differences of one sign: a t interval over them, and two of eight ways of flipping."""
    found = difference_on_like_these([0.5, 0.6, 0.8], [0.4, 0.4, 0.5], stream(1))
    assert found.ends == pytest.approx(mean_interval([0.1, 0.2, 0.3]))
    assert found.test.p_value == pytest.approx(0.25)
    assert (found.value, found.df) == (pytest.approx(0.2), 2)


def test_equal_differences_are_not_certain():
    """Ten prompts without a difference leave the chance of one that differs open, by the exact bound."""
    found = difference_on_like_these([1.0] * 10, [1.0] * 10, stream(1))
    open_share = 1.0 - 0.05**0.1
    assert found.ends == pytest.approx((-open_share, open_share))


def test_unequal_prompts_are_refused():
    """Both sides speak of the same prompts."""
    with pytest.raises(ValueError, match="zip"):
        difference_on_like_these([0.1, 0.2], [0.1], stream(1))


@given(st.lists(PROMPT, min_size=2, max_size=8))
def test_swapping_sides_mirrors(known):
    """Second minus first is first minus second with the sign changed, in value, interval and test."""
    first, second = _sides(known)
    pairs = [
        (difference_on_these(first, second, stream(1)), difference_on_these(second, first, stream(1))),
        (
            difference_on_like_these(first.values, second.values, stream(1)),
            difference_on_like_these(second.values, first.values, stream(1)),
        ),
    ]
    for ours, other in pairs:
        assert other.value == pytest.approx(-ours.value, abs=1e-12)
        assert other.ends == pytest.approx((-ours.ends[1], -ours.ends[0]), abs=1e-9)
        assert other.test.p_value == ours.test.p_value


@given(st.lists(PROMPT, min_size=2, max_size=8))
def test_never_without_width(known):
    """Whatever the prompts, the intervals have width and hold the difference."""
    first, second = _sides(known)
    for found in (
        difference_on_these(first, second, stream(1)),
        difference_on_like_these(first.values, second.values, stream(1)),
    ):
        assert found.ends[0] < found.ends[1]
        assert found.ends[0] - 1e-9 <= found.value <= found.ends[1] + 1e-9
