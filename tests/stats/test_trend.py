import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalkit.stats.permutation import DRAWS
from evalkit.stats.streams import stream
from evalkit.stats.trend import kendall_tau_b, least_p_value, trend_test

SMALL = st.lists(st.integers(0, 4).map(float), min_size=3, max_size=6)


@given(SMALL, st.randoms())
def test_tau_is_scipys(values, random):
    """Kendall's tau-b, ties included, is that of scipy."""
    other = random.sample(values, len(values))
    expected = stats.kendalltau(values, other).statistic
    found = kendall_tau_b(values, other)
    assert (found is None and math.isnan(expected)) or found == pytest.approx(expected)


def test_tau_of_the_reference(inference):
    """Tau-b of twenty values in four groups is the reference's."""
    known = inference["jonckheere_terpstra"]
    assert kendall_tau_b(known["groups"], known["y"]) == pytest.approx(known["kendall_tau_b"])


def test_constant_values_have_no_tau():
    """A prompt that gives the same value everywhere has no tau, which is not a tau of zero."""
    assert kendall_tau_b([0.0, 1.0, 2.0], [5.0, 5.0, 5.0]) is None


def test_one_block_in_order():
    """Five ascending values: two of 120 orders are as extreme."""
    found = trend_test([(range(5), [1, 2, 3, 4, 5])], stream(1))
    assert (found.statistic, found.p_value, found.exact) == (1.0, pytest.approx(2 / 120), True)


@given(st.permutations([1.0, 2.0, 3.0, 4.0, 5.0]))
def test_one_block_is_scipys_exact_test(values):
    """Without ties one block's p-value is that of scipy's exact test."""
    expected = stats.kendalltau(range(5), values, method="exact").pvalue
    assert trend_test([(range(5), values)], stream(1)).p_value == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=5))
def test_ties_are_counted_in_every_order(pairs):
    """Whatever is equal, the p-value is the share of orders whose tau is as far from 0."""
    x, y = zip(*pairs, strict=True)
    own = kendall_tau_b(x, y)
    if own is not None:
        taus = [kendall_tau_b(order, y) for order in itertools.permutations(x)]
        share = np.mean([abs(tau) >= abs(own) - 1e-9 for tau in taus])
        assert trend_test([(x, y)], stream(1)).p_value == pytest.approx(share, abs=1e-12)


def test_blocks_are_counted_together():
    """Two blocks of three in order: two of 36 pairs of orders are as extreme."""
    blocks = [(range(3), [1, 2, 3]), (range(3), [10, 20, 30])]
    assert trend_test(blocks, stream(1)).p_value == pytest.approx(2 / 36)


def test_many_blocks_are_sampled():
    """Twenty blocks in order are sampled, and give the least p-value there is."""
    found = trend_test([(range(4), [1, 2, 3, 4])] * 20, stream(1))
    assert (found.statistic, found.exact, found.p_value) == (pytest.approx(1.0), False, pytest.approx(1 / (DRAWS + 1)))


def test_sampled_and_counted_agree():
    """Where both are possible, sampling finds about the share that counting finds."""
    blocks = [(range(5), [1, 3, 2, 5, 4]), (range(5), [2, 1, 3, 4, 4]), (range(5), [1, 1, 2, 1, 1])]
    exact = trend_test(blocks[:2], stream(1))
    sampled = trend_test([*blocks[:2], (range(2), [1, 2])] * 1, stream(1))
    assert exact.exact is True
    assert sampled.exact is True or sampled.n_arrangements == DRAWS
    again = trend_test(blocks, stream(2))
    assert trend_test(blocks, stream(3)).p_value == pytest.approx(again.p_value, abs=0.02)


def test_blocks_of_different_levels_do_not_hide_a_trend():
    """Each prompt is compared with itself only, so the level of its values does not matter."""
    near = [(range(4), np.array([1, 2, 3, 4]) + 0.1 * i) for i in range(3)]
    far = [(range(4), np.array([1, 2, 3, 4]) + 1000.0 * i) for i in range(3)]
    assert trend_test(near, stream(1)) == trend_test(far, stream(1))


@pytest.mark.parametrize("blocks", [[], [(range(3), [1, 1, 1])], [(range(3), [1, 2, 3]), ([0.0], [1.0])]])
def test_nothing_to_order_is_refused(blocks):
    """No block, and a block that does not vary, are refused."""
    with pytest.raises(ValueError, match="different values"):
        trend_test(blocks, stream(1))


@pytest.mark.parametrize(
    ("sizes", "least"), [([1], 1.0), ([2], 1.0), ([4], 2 / 24), ([3, 3], 2 / 36), ([17] * 99, 2e-15)]
)
def test_least_p_value(sizes, least):
    """The least p-value is two over the number of orders, and at most 1."""
    assert least_p_value([(range(k), range(k)) for k in sizes]) == pytest.approx(least)
