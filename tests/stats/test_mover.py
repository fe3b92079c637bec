import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.mover import mover


@st.composite
def sides(draw):
    """Return a value in its interval."""
    low, value, high = sorted(draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)))
    return value, (low, high)


def test_by_hand():
    """Halves of 3 and 4 that face one another make 5."""
    assert mover(10.0, (7.0, 10.5), 2.0, (1.0, 6.0)) == pytest.approx((8.0 - 5.0, 8.0 + 1.25**0.5))


@given(sides(), sides())
def test_the_sides_may_change_places(first, second):
    """The interval of second minus first is that of first minus second, mirrored."""
    low, high = mover(*first, *second)
    assert mover(*second, *first) == pytest.approx((-high, -low), abs=1e-12)


@given(sides(), sides())
def test_inside_the_plain_sum_and_around_the_difference(first, second):
    """It holds the difference, and is no longer than the ends taken apart would say."""
    low, high = mover(*first, *second)
    assert first[1][0] - second[1][1] - 1e-12 <= low <= first[0] - second[0] <= high
    assert high <= first[1][1] - second[1][0] + 1e-12
