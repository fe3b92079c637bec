from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.ustatistic import jackknife_variance, pair_interval, pair_mean

TEXTS = st.lists(st.sampled_from("abcd"), min_size=2, max_size=12)
VALUES = st.lists(st.floats(0, 1), min_size=2, max_size=12)


def _equal(texts):
    return np.array([[float(a == b) for b in texts] for a in texts])


def _close(values):
    numbers = np.array(values)
    return 1.0 - np.abs(numbers[:, None] - numbers[None, :])


@given(VALUES)
def test_mean_is_the_mean_over_pairs(values):
    """The mean leaves the diagonal out and counts each pair once."""
    pairs = [1.0 - abs(a - b) for a, b in combinations(values, 2)]
    assert pair_mean(_close(values)) == pytest.approx(np.mean(pairs))


@given(st.lists(st.floats(0, 1), min_size=4, max_size=12))
def test_variance_is_the_delete_one_jackknife(values):
    """The closed form is what leaving out one text after the other gives."""
    matrix, n = _close(values), len(values)
    left = np.array([pair_mean(np.delete(np.delete(matrix, i, 0), i, 1)) for i in range(n)])
    expected = (n - 1) / n * ((left - left.mean()) ** 2).sum()
    assert jackknife_variance(matrix) == pytest.approx(expected, abs=1e-12)


def test_variance_of_the_reference(inference):
    """Variances of five prompts are the reference's."""
    known = inference["several_prompts_pair_agreement"]
    matrices = [_equal(prompt) for prompt in known["prompts"]]
    assert [pair_mean(m) for m in matrices] == pytest.approx(known["per_prompt_U"])
    assert [jackknife_variance(m) for m in matrices] == pytest.approx(known["per_prompt_jackknife_var"])


def test_interval_holds_the_reference(inference):
    """The guarded interval of two groups of ten holds the Korn-Graubard interval, its first part."""
    low, high = inference["ustat_interval_edge_cases"]["two_groups_of_ten"]
    ends = pair_interval(_equal("a" * 10 + "b" * 10), equality=True)
    assert ends[0] <= low + 1e-9
    assert ends[1] >= high - 1e-9


def test_all_equal_is_the_exact_bound():
    """Twenty equal texts are ten disjoint equal pairs."""
    assert pair_interval(np.ones((20, 20)), equality=True) == pytest.approx((0.05**0.1, 1.0))


def test_all_apart_without_equality_is_the_exact_bound():
    """Distances that are all 1 are bounded from below only."""
    assert pair_interval(1.0 - np.eye(20)) == pytest.approx((0.05**0.1, 1.0))


def test_two_equal_texts_say_little():
    """One pair leaves nearly everything possible."""
    assert pair_interval(np.ones((2, 2)), equality=True) == pytest.approx((0.05, 1.0))


def test_two_texts_that_differ_a_little_have_no_interval():
    """One pair without an upper bound is no spread."""
    assert pair_interval(np.array([[1.0, 0.5], [0.5, 1.0]]), bounds=(0.0, np.inf)) is None


def test_unbounded_below_has_no_interval():
    """Without a lower bound no scale is known to keep the interval inside."""
    matrix = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 4.0], [2.0, 4.0, 0.0]])
    assert pair_interval(matrix, bounds=(-np.inf, np.inf)) is None


def test_counts_stay_above_their_bound():
    """Common words, unbounded above, have an interval at 0 or above that holds their mean."""
    values = np.array([0.0, 0.0, 0.0, 1.0, 12.0])
    matrix = np.minimum(values[:, None], values[None, :])
    low, high = pair_interval(matrix, bounds=(0.0, np.inf))
    assert 0.0 <= low < pair_mean(matrix) < high


def test_equal_counts_have_no_interval():
    """Equal values without an upper bound have no interval, never one of width zero."""
    assert pair_interval(np.full((5, 5), 7.0), bounds=(0.0, np.inf)) is None


def test_bounds_only_rescale():
    """A kernel from 0 to 100 has a hundred times the interval of its share."""
    matrix = _close([0.1, 0.2, 0.5, 0.9, 0.9])
    small = pair_interval(matrix)
    assert pair_interval(100 * matrix, bounds=(0.0, 100.0)) == pytest.approx((100 * small[0], 100 * small[1]))


@given(TEXTS, st.sampled_from([0.8, 0.95]))
def test_of_equality_never_without_width(texts, level):
    """Whatever the texts, the interval lies in [0, 1], has width and holds the mean."""
    matrix = _equal(texts)
    ends = pair_interval(matrix, equality=True, level=level)
    assert ends is not None
    assert 0.0 <= ends[0] <= pair_mean(matrix) <= ends[1] <= 1.0
    assert ends[0] < ends[1]


@given(VALUES)
def test_of_similarity_never_without_width(values):
    """Whatever the similarities, an interval has width and holds the mean."""
    matrix = _close(values)
    ends = pair_interval(matrix)
    assert ends is None or (ends[0] - 1e-9 <= pair_mean(matrix) <= ends[1] + 1e-9 and ends[0] < ends[1])


def test_order_does_not_matter_much():
    """Shuffled texts give the same mean and nearly the same interval."""
    texts = list("aaaaabbbcdefgaab")
    ours, other = pair_interval(_equal(texts), equality=True), pair_interval(_equal(texts[::-1]), equality=True)
    assert ours == pytest.approx(other, abs=0.02)


@pytest.mark.parametrize("sizes", [(17, 2, 1), (10, 10), (12, 4, 4), (5, 5, 5, 5)])
def test_the_order_of_samples_changes_no_interval(sizes):
    """Equal texts in any order have the same interval."""
    kinds = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(2)
    found = set()
    for _ in range(30):
        rng.shuffle(kinds)
        found.add(pair_interval((kinds[:, None] == kinds[None, :]).astype(float), equality=True))
    assert len(found) == 1
