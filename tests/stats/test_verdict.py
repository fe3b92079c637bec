import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.stats.proportion import clopper_pearson
from evalkit.stats.verdict import LOGARITHM, SQUARE_ROOT, Verdict, at_least, at_most, needed, within

HALF = st.floats(0.01, 0.2)


@st.composite
def estimates(draw):
    """Return a value inside its interval, and a bound near by, off the value."""
    value, below, above = draw(st.floats(0.3, 0.7)), draw(HALF), draw(HALF)
    return value, (value - below, value + above), value + draw(st.sampled_from((-1, 1))) * draw(st.floats(0.001, 0.3))


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((0.6, 0.8), Verdict.PASS),
        ((0.5, 0.8), Verdict.PASS),
        ((0.4, 0.6), Verdict.INCONCLUSIVE),
        ((0.2, 0.5), Verdict.INCONCLUSIVE),
        ((0.2, 0.4), Verdict.FAIL),
        (None, Verdict.INCONCLUSIVE),
    ],
)
def test_at_least_a_half(ends, verdict):
    """The whole interval decides; one that holds the bound, or is not there, decides nothing."""
    assert at_least(0.45, ends, 0.5, n=20).verdict is verdict


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((-0.04, 0.04), Verdict.PASS),
        ((-0.06, 0.04), Verdict.INCONCLUSIVE),
        ((-0.06, 0.06), Verdict.INCONCLUSIVE),
        ((0.051, 0.2), Verdict.FAIL),
        ((-0.2, -0.051), Verdict.FAIL),
        (None, Verdict.INCONCLUSIVE),
    ],
)
def test_within_margins(ends, verdict):
    """A difference passes inside both margins and fails beyond one."""
    assert within(0.0, ends, (-0.05, 0.05), n=20).verdict is verdict


def test_needed_by_hand():
    """A half-width twice the distance needs four times the samples."""
    found = at_least(0.7, (0.5, 0.9), 0.6, n=20)
    assert (found.needed.n, found.needed.law) == (80, SQUARE_ROOT)


def test_needed_where_all_agreed_is_the_exact_number():
    """Twenty of twenty: the number named is the least whose exact lower end reaches 0.95."""
    found = at_least(1.0, clopper_pearson(20, 20), 0.95, n=20).needed
    assert found.law == LOGARITHM
    assert clopper_pearson(found.n, found.n)[0] >= 0.95 > clopper_pearson(found.n - 1, found.n - 1)[0]


def test_needed_where_none_agreed_mirrors():
    """No case of twenty below 0.05 needs as many as twenty of twenty above 0.95."""
    low, high = clopper_pearson(0, 20)
    assert at_most(0.0, (low, high), 0.05, n=20) == at_least(1.0, (1 - high, 1.0), 0.95, n=20)


def test_on_the_bound_no_number_is_known():
    """A value that sits on the bound is settled by no number of samples."""
    assert at_least(0.6, (0.5, 0.7), 0.6, n=20).needed is None
    assert within(0.05, (0.0, 0.1), (-0.05, 0.05), n=20).needed is None


def test_margins_need_what_the_worse_side_needs():
    """Both margins must be cleared, so the larger number counts."""
    found = within(0.01, (-0.07, 0.09), (-0.05, 0.05), n=10).needed
    assert found == needed(0.01, (-0.07, 0.09), 0.05, n=10)
    assert found.n == 40


def test_outside_the_margins_the_nearer_one_counts():
    """A difference beyond a margin fails as soon as its interval clears that margin."""
    assert within(0.1, (-0.1, 0.3), (-0.05, 0.05), n=10).needed == needed(0.1, (-0.1, 0.3), 0.05, n=10)


@given(estimates())
def test_both_directions_are_opposites(estimate):
    """What passes as at least a bound fails as at most it, and needs the same to be settled."""
    value, ends, bound = estimate
    opposite = {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS, Verdict.INCONCLUSIVE: Verdict.INCONCLUSIVE}
    assume(bound not in ends)
    rising, falling = at_least(value, ends, bound, n=10), at_most(value, ends, bound, n=10)
    assert falling.verdict is opposite[rising.verdict]
    assert falling.needed == rising.needed


@given(estimates(), st.integers(1, 100))
def test_needed_settles_it(estimate, n):
    """An interval shortened as the law says no longer reaches the bound, and more samples are asked for."""
    value, ends, bound = estimate
    found = needed(value, ends, bound, n=n)
    shrink = math.sqrt(n / found.n)
    low, high = value - shrink * (value - ends[0]), value + shrink * (ends[1] - value)
    assert found.n > n
    assert found.law == SQUARE_ROOT
    assert not low + 1e-9 < bound < high - 1e-9


def test_next_to_the_bound_no_number_is_too_large_to_say():
    """A value a hair away from the bound needs more samples than there are numbers for, and nothing breaks."""
    assert needed(0.5, (0.0, 1.0), math.nextafter(0.5, 1.0), n=10).n > 10**30
    assert needed(5e-324, (-1.0, 1.0), 0.0, n=10) is None
