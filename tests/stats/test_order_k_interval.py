from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.at_k import distinct_at_k, distinct_valid_at_k, tar_at_k
from evalkit.stats.order_k_interval import (
    distinct_interval,
    distinct_valid_interval,
    distinct_valid_variance,
    tar_interval,
    tar_variance,
)
from evalkit.stats.proportion import clopper_pearson

COUNTS = st.lists(st.integers(1, 30), min_size=1, max_size=12)
MORE_THAN_FIVE = st.lists(st.integers(1, 6), min_size=2, max_size=5).filter(lambda counts: sum(counts) > 5)


def _leaving_one_out(function, counts, k):
    """Return the delete-one variance the long way: each answer left out in turn."""
    n = sum(counts)
    smaller = ([*counts[:i], c - 1, *counts[i + 1 :]] for i, c in enumerate(counts))
    values = list(chain.from_iterable([function(s, k)] * c for s, c in zip(smaller, counts, strict=True)))
    mean = sum(values) / n
    assert mean == pytest.approx(function(counts, k))
    return (n - 1) / n * sum((value - mean) ** 2 for value in values)


@given(MORE_THAN_FIVE, st.integers(2, 5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_variances_are_those_of_leaving_one_out(counts, k, flags):
    """Class counts give the variance that leaving out each answer in turn gives."""
    valid = flags[: len(counts)]

    def accepted(sizes, k):
        return distinct_valid_at_k(sizes, valid, k)

    assert tar_variance(counts, k) == pytest.approx(_leaving_one_out(tar_at_k, counts, k), abs=1e-15)
    variance = distinct_valid_variance(counts, valid, k)
    assert variance == pytest.approx(_leaving_one_out(accepted, counts, k), abs=1e-15)


@given(COUNTS, st.integers(2, 12), st.floats(0.5, 0.999))
def test_intervals_have_width_and_hold_the_value(counts, k, level):
    """Whatever the counts, both intervals lie in their range, have width and hold their value, or do not exist."""
    for interval, function, bounds in (
        (tar_interval, tar_at_k, (0, 1)),
        (distinct_interval, distinct_at_k, (1, k)),
    ):
        ends = interval(counts, k, level=level)
        value = function(counts, k)
        assert (ends is None) == (value is None)
        if ends is not None:
            assert bounds[0] <= ends[0] <= value + 1e-12
            assert value - 1e-12 <= ends[1] <= bounds[1]
            assert ends[0] < ends[1]


@given(COUNTS, st.lists(st.booleans(), min_size=12, max_size=12), st.integers(2, 12), st.floats(0.5, 0.999))
def test_valid_ones_have_an_interval_with_width(counts, flags, k, level):
    """Whatever is valid, the interval lies between 0 and k, has width and holds the value, or does not exist."""
    valid = flags[: len(counts)]
    ends, value = distinct_valid_interval(counts, valid, k, level=level), distinct_valid_at_k(counts, valid, k)
    assert (ends is None) == (value is None)
    if ends is not None:
        assert 0 <= ends[0] <= value + 1e-12
        assert value - 1e-12 <= ends[1] <= k
        assert ends[0] < ends[1]


@given(COUNTS.filter(lambda counts: sum(counts) >= 5), st.data())
def test_order_of_classes_changes_nothing(counts, data):
    """Classes have no order, and empty ones are none."""
    mixed = data.draw(st.permutations([*counts, 0]))
    assert tar_interval(mixed, 5) == pytest.approx(tar_interval(counts, 5))
    assert distinct_interval(mixed, 5) == pytest.approx(distinct_interval(counts, 5))


def test_all_alike_is_bounded_exactly():
    """Where 20 answers agree, five agree with a chance of at least 0.025 to the power of 5/20."""
    assert tar_interval([20], 5) == pytest.approx((0.025**0.25, 1.0))
    assert distinct_interval([20], 5) == pytest.approx((1.0, 1.0 + 4 * (1 - 0.025**0.1)))


def test_all_different_leaves_room_for_one_common_answer():
    """Where 20 answers differ, one of them may still be as common as one of 20 allows."""
    share = clopper_pearson(1, 20)[1]
    assert tar_interval([1] * 20, 5) == pytest.approx((0.0, share**5))
    assert distinct_interval([1] * 20, 5) == pytest.approx((5 * (1 - share) + 1 - (1 - share) ** 5, 5.0))


def test_no_valid_answer_is_bounded_exactly():
    """Where none of 20 is valid, five draws hold no more valid ones than none of 20 allows."""
    assert distinct_valid_interval([15, 5], [False, False], 5) == pytest.approx((0.0, 5 * clopper_pearson(0, 20)[1]))


def test_equal_classes_claim_no_more_trials_than_answers():
    """Two classes of ten have a variance of 0 by chance, and still an interval as wide as 20 trials give."""
    assert tar_variance([10, 10], 2) == pytest.approx(0.0, abs=1e-15)
    assert tar_interval([10, 10], 2)[1] - tar_interval([10, 10], 2)[0] > 0.4


def test_too_few_answers_have_no_interval():
    """With fewer than k answers nothing is said."""
    assert (tar_interval([2, 2], 5), distinct_interval([2, 2], 5)) == (None, None)
    assert distinct_valid_interval([2, 2], [True, False], 5) is None
