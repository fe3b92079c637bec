import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.string_kernels import exact_match
from evalkit.stats.two_sample import energy_test, exact_match_test, mmd2, mmd_test, noise_floor

SIDE = st.lists(st.sampled_from("abcd"), min_size=2, max_size=7)


def _rng():
    return np.random.default_rng(5)


def test_permutation_of_the_reference(inference):
    """All 462 arrangements give the reference's p-value, by matrix and by counts."""
    known = inference["two_sample"]
    for found in (
        mmd_test([exact_match(known["a"] + known["b"])], [len(known["a"])], _rng()),
        exact_match_test([known["a"]], [known["b"]], _rng()),
    ):
        assert found.exact
        assert found.n_arrangements == known["permutations"]
        assert found.p_value == pytest.approx(known["exact_permutation_p_exact_match"], abs=1e-9)


@given(SIDE, SIDE)
def test_the_discrepancy_has_no_first_side(a, b):
    """Exchanging the sides changes nothing."""
    assert mmd2(exact_match(a + b), len(a)) == pytest.approx(mmd2(exact_match(b + a), len(b)), abs=1e-12)


@given(SIDE, SIDE)
def test_counts_give_what_the_matrix_gives(a, b):
    """The linear way has the statistic and the p-value of the plain one."""
    plain, fast = mmd_test([exact_match(a + b)], [len(a)], _rng()), exact_match_test([a], [b], _rng())
    assert fast.statistic == pytest.approx(plain.statistic, abs=1e-12)
    assert fast.p_value == plain.p_value


@given(st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=3))
def test_a_p_value_is_never_0(prompts):
    """Whatever the answers, counted or sampled, the p-value lies in (0, 1]."""
    first, second = [a for a, _ in prompts], [b for _, b in prompts]
    found = exact_match_test(first, second, _rng(), draws=19)
    assert 0.0 < found.p_value <= 1.0


def test_the_least_sampled_p_value_is_one_in_draws_and_one():
    """Two sides without a common answer are beyond every sampled arrangement, and the p-value is still above 0."""
    kernel = exact_match(["a"] * 20 + ["b"] * 20)
    for found in (mmd_test([kernel], [20], _rng(), draws=99), energy_test([1.0 - kernel], [20], _rng(), draws=99)):
        assert not found.exact
        assert found.p_value == 0.01


def test_labels_never_cross_prompts():
    """Prompts whose answers differ from one another, but not from side to side, give no sign of a difference."""
    found = exact_match_test([["a"] * 4, ["b"] * 4], [["a"] * 4, ["b"] * 4], _rng())
    assert found.n_arrangements == 70 * 70
    assert found.p_value == 1.0


def test_prompts_add_up():
    """What one prompt can not show, three can: the smallest exact p-value is that of their product."""
    one = exact_match_test([["a"] * 3], [["b"] * 3], _rng())
    three = exact_match_test([["a"] * 3] * 3, [["b"] * 3] * 3, _rng())
    assert one.p_value == pytest.approx(2 / 20)
    assert three.p_value == pytest.approx((2 / 20) ** 3)


def test_sampling_comes_near_to_counting():
    """Sampled arrangements give about the p-value that all of them give."""
    a, b = list("aaaabbbc"), list("abbbcccc")
    counted = mmd_test([exact_match(a + b)], [8], _rng())
    twice = [exact_match(a + b), np.ones((30, 30))]  # the second prompt shows nothing, but has too many arrangements
    assert counted.exact
    assert mmd_test(twice, [8, 15], _rng()).p_value == pytest.approx(counted.p_value, abs=0.02)
    sampled = exact_match_test([a, ["x"] * 15], [b, ["x"] * 15], _rng())
    assert not sampled.exact
    assert sampled.p_value == pytest.approx(counted.p_value, abs=0.02)


def test_a_side_of_one_is_refused():
    """One sample has no pair, so its side has no mean within."""
    with pytest.raises(ValueError, match="two samples"):
        mmd2(np.eye(3), 1)
    with pytest.raises(ValueError, match="two samples"):
        exact_match_test([], [], _rng())


def test_noise_stays_below_its_floor():
    """Some 95 of 100 splits of one side stay below its own floor, and equal answers have a floor of 0."""
    texts = list("aaaabbbccd") * 2
    floor = noise_floor([exact_match(texts)], _rng())
    orders = [np.random.default_rng(i).permutation(20) for i in range(400)]
    values = [mmd2(exact_match([texts[i] for i in order]), 10) for order in orders]
    assert 0.9 <= np.mean(np.array(values) <= floor + 1e-12) <= 1.0
    assert noise_floor([exact_match(["a"] * 6)], _rng()) == 0.0
    with pytest.raises(ValueError, match="two samples"):
        noise_floor([exact_match(["a"] * 3)], _rng())
