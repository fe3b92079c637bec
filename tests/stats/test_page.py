import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.page import page_trend


def test_by_counting():
    """Two prompts of three temperatures: the p-value is the share of 36 pairs of orders with as large a statistic."""
    orders = list(itertools.permutations((1, 2, 3)))
    sums = [
        sum(k * (a + b) for k, a, b in zip((1, 2, 3), *pair, strict=True)) for pair in itertools.product(orders, orders)
    ]
    found = page_trend([[0.1, 0.2, 0.3], [0.1, 0.3, 0.2]])
    assert found.L == 14 + 13
    assert found.p_value == pytest.approx(np.mean(np.array(sums) >= 27))


def test_falling_is_rising_backwards():
    """Values that fall are as clear as those that rise, when falling was predicted."""
    rising = page_trend([[1, 2, 3, 4]] * 5)
    falling = page_trend([[4, 3, 2, 1]] * 5, falling=True)
    assert falling == rising
    assert page_trend([[4, 3, 2, 1]] * 5).p_value == pytest.approx(1.0)


def test_many_prompts_are_approximated():
    """Twenty-five prompts take the normal approximation."""
    assert page_trend([[1, 2, 3, 4]] * 25).exact is False


def test_a_prompt_that_does_not_move_weakens_the_effect():
    """A prompt whose values are all equal counts as one without order."""
    assert page_trend([[1, 2, 3], [5, 5, 5]]).effect == pytest.approx(0.5)


@settings(max_examples=30)
@given(st.lists(st.permutations([1.0, 2.0, 3.0, 4.0]), min_size=2, max_size=6))
def test_effect_is_bounded_and_levels_do_not_matter(table):
    """The effect lies in [-1, 1], and neither it nor the p-value depends on a prompt's level."""
    found = page_trend(table)
    shifted = page_trend([[value + 10 * i for value in row] for i, row in enumerate(table)])
    assert -1.0 <= found.effect <= 1.0
    assert shifted == found
