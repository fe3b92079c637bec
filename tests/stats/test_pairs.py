"""Pairs of samples of which few are different: the same as all pairs, sample by sample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from evalkit.stats.pairs import Equal, Kernel, Products, canonical_order, equal_pairs, percentiles
from evalkit.stats.resampling import FEWER_DRAWS, counted_weights, multinomial_weights, pairs_drawn, pairs_within
from evalkit.stats.ustatistic import jackknife_variance, pair_interval, pair_mean

KINDS = st.lists(st.integers(0, 6), min_size=3, max_size=25)
POINTS = [0.0, 0.1, 0.15, 0.4, 0.75, 0.8, 1.0]


def _expanded(kinds):
    numbers = np.array([POINTS[kind] for kind in kinds])
    return 0.9 - 0.8 * np.abs(numbers[:, None] - numbers[None, :])


def _of_kinds(kinds):
    different = list(dict.fromkeys(kinds))
    return Kernel(_expanded(different), np.array([float(kinds.count(kind)) for kind in different]))


def _plain_weighted_means(matrix):
    """Return what weighted means are by definition, over all samples."""
    n = len(matrix)
    weights = multinomial_weights(n)
    order = canonical_order(matrix, np.ones(n))
    clean = matrix[np.ix_(order, order)]
    clean = clean - np.diag(np.diagonal(clean))
    return ((weights @ clean) * weights).sum(axis=1) / (n * n - (weights * weights).sum(axis=1))


@settings(deadline=None)
@given(KINDS)
def test_kinds_stand_for_their_samples(kinds):
    """Mean, variance, ends and weighted means over kinds are those over samples."""
    few, whole = _of_kinds(kinds), _expanded(kinds)
    pairs = whole[np.triu_indices(len(kinds), 1)]

    assert few.mean() == pytest.approx(pairs.mean(), abs=1e-12)
    assert few.variance() == pytest.approx(jackknife_variance(whole), abs=1e-12)
    assert few.extremes() == (pairs.min(), pairs.max())
    assert few.weighted_means() == pytest.approx(_plain_weighted_means(whole), abs=1e-12)
    assert pair_interval(few) == pytest.approx(pair_interval(whole), abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "", "\ud800", "é", None]), min_size=3, max_size=25))
def test_classes_stand_for_their_samples(keys):
    """Equality by counts is equality pair by pair; None agrees with nothing, not even with None."""
    whole = np.array([[float(a is not None and a == b) for b in keys] for a in keys])
    few = equal_pairs(keys)
    pairs = whole[np.triu_indices(len(keys), 1)]

    assert few.n == len(keys)
    assert few.mean() == pytest.approx(pairs.mean(), abs=1e-12)
    assert few.extremes() == (pairs.min(), pairs.max())
    assert few.variance() == pytest.approx(jackknife_variance(whole), abs=1e-12)
    assert few.weighted_means() == pytest.approx(_plain_weighted_means(whole), abs=1e-12)
    assert pair_interval(few, equality=True) == pytest.approx(pair_interval(whole, equality=True), abs=1e-12)


@given(KINDS, st.booleans())
def test_products_are_the_kernel_they_stand_for(kinds, compressed):
    """Sums of vectors give the sums of all pairs, dense or sparse."""
    different = list(dict.fromkeys(kinds))
    rows = np.array([[POINTS[kind], kind % 2, 0.0] for kind in different])
    scales = np.array([1.0 + kind for kind in different])
    counts = np.array([float(kinds.count(kind)) for kind in different])
    plain = Kernel(np.outer(scales, scales) - rows @ rows.T, counts)
    found = Products(scales, sparse.csr_array(rows) if compressed else rows, counts)

    assert found.sums() == pytest.approx(plain.sums(), abs=1e-9)
    assert found.mean() == pytest.approx(plain.mean(), abs=1e-12)
    assert (np.ptp(found.extremes()) < 1e-12) == (np.ptp(plain.extremes()) < 1e-12)


def test_products_that_hide_unequal_pairs_behind_equal_means():
    """Four points on a square have equal means over others, and pairs that are not equal."""
    square = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])

    assert Products(np.full(4, 2.0), square, np.ones(4)).extremes() == (2.0, 3.0)


def test_to_first_order_the_spread_is_nearly_that_of_all_pairs():
    """Weighted means by the samples' own means vary as those by all pairs, up to what falls with n."""
    angles = np.random.default_rng(1).random(500)
    rows = np.column_stack([np.cos(angles), np.sin(angles)])
    exact = Kernel(1.0 - rows @ rows.T, np.ones(500)).weighted_ends(0.95)
    quick = Products(np.ones(500), rows, np.ones(500)).weighted_ends(0.95)

    assert quick == pytest.approx(exact, abs=0.1 * (exact[1] - exact[0]))


def test_many_classes_have_the_same_ends_however_they_are_counted():
    """Above 2,000 samples classes are drawn as wholes: the ends hardly move."""
    keys = [k % 40 if k % 3 else f"alone {k}" for k in range(2_100)]
    below = pair_interval(equal_pairs(keys[:2_000]), equality=True)
    above = pair_interval(equal_pairs(keys[:2_001]), equality=True)

    assert below == pytest.approx(above, abs=3e-3)


@pytest.mark.parametrize("counts", [[1.0] * 5, [3.0, 1.0, 1.0], [2_000.0, 500.0, 1.0]])
def test_weights_of_kinds_add_up(counts):
    """Each draw holds as many as there are, and squares are no less than the draws themselves."""
    kinds, squares = counted_weights(np.array(counts))

    assert (kinds.sum(axis=1) == sum(counts)).all()
    assert (squares >= kinds).all()
    assert len(kinds) >= FEWER_DRAWS


@pytest.mark.parametrize("counts", [[1.0] * 5, [1.0, 1.0, 2.0, 3.0], [1.0] * 40 + [2.0] * 30, [1_900.0, 500.0, 9.0]])
def test_pairs_of_draws_are_those_that_weights_make(counts):
    """However pairs of different values are counted, they are what the counts of kinds and their squares leave."""
    told = np.array(counts)
    kinds, squares = counted_weights(told)
    some = np.flatnonzero(told > 1.0)

    assert pairs_drawn(told) == pytest.approx(told.sum() ** 2 - squares.sum(axis=1), rel=1e-12)
    assert pairs_within(told, some) == pytest.approx((kinds**2 - squares)[:, some].sum(axis=1), rel=1e-12)


def test_the_order_of_kinds_moves_nothing():
    """Kinds in another order have the same interval, to the bit."""
    found = {pair_interval(_of_kinds(kinds)) for kinds in ([0, 0, 3, 5, 5, 6], [6, 5, 0, 5, 3, 0], [3, 5, 6, 0, 5, 0])}

    assert len({tuple(round(end, 12) for end in ends) for ends in found}) == 1


def test_sizes_of_classes_alone():
    """Classes whose samples agree with nothing come first."""
    assert equal_pairs(["a", None, None]).mean() == 0.0
    assert Equal(np.array([2.0, 1.0]), alone=1).extremes() == (0.0, 0.0)
    assert pair_mean(equal_pairs(["a", "a", None])) == pytest.approx(1 / 3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_percentiles_are_numpys(drawn, level):
    """Between two values of the draws lies the same number."""
    expected = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    assert percentiles(np.array(drawn), level) == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-9)
