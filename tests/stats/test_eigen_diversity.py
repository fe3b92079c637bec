import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from evalkit.stats.eigen_diversity import feature_spectrum, kernel_spectrum, unbiased_vendi_2, vendi_2, vendi_score
from evalkit.stats.richness import concentration, hill_number

ORDERS = {"vendi_q0.5": 0.5, "vendi_q1": 1.0, "vendi_q2": 2.0, "vendi_qinf": math.inf}


def _vectors(texts):
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(3, 3), n_features=512, alternate_sign=False, lowercase=False
    )
    return vectorizer.transform(texts).toarray()


def _equality(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    return (labels[:, None] == labels[None, :]).astype(float)


@pytest.mark.parametrize("name", ["cjk", "disjoint", "identical", "short_answers"])
def test_is_the_reference(name, sets):
    """Hashed trigrams have the reference scores at every order, by the matrix, by its dual, and without eigenvalues."""
    known = sets[name]["metrics"]["embedding_vendi"]
    rows = _vectors(sets[name]["texts"])
    kernel = rows @ rows.T
    for key, q in ORDERS.items():
        assert vendi_score(kernel_spectrum(kernel), q=q) == pytest.approx(known[key], abs=1e-9), key
        assert vendi_score(feature_spectrum(rows), q=q) == pytest.approx(known[key], abs=1e-9), key
    assert vendi_2(kernel) == pytest.approx(known["vendi_q2"], abs=1e-9)
    assert unbiased_vendi_2(kernel) == pytest.approx(known["vendi_q2_unbiased_inverse"], rel=1e-9)
    equal = np.array([[a == b for a in sets[name]["texts"]] for b in sets[name]["texts"]], dtype=float)
    assert vendi_score(kernel_spectrum(equal)) == pytest.approx(known["vendi_q1_exact_match_kernel"], abs=1e-9)


def test_more_rows_than_columns_are_the_dual():
    """Thirty copies of each of three vectors of four columns score as the three do, at every order."""
    rows = np.array([[1.0, 0, 0, 0], [0.6, 0.8, 0, 0], [0, 0, 0.6, 0.8]])
    for q in ORDERS.values():
        copied = vendi_score(feature_spectrum(np.tile(rows, (30, 1))), q=q)
        assert copied == pytest.approx(vendi_score(kernel_spectrum(rows @ rows.T), q=q))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.sampled_from([0.1, 0.5, 1.0, 2.0, math.inf]))
def test_equality_gives_hill_numbers(counts, q):
    """With equality for similarity the score is the Hill number, copies counting for nothing even below order 1."""
    spectrum = kernel_spectrum(_equality(counts))
    assert vendi_score(spectrum, q=q) == pytest.approx(hill_number(counts, q))
    assert spectrum.clipped < 1e-12


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6).filter(lambda counts: max(counts) > 1))
def test_unbiased_is_the_inverse_of_agreement(counts):
    """With equality for similarity the unbiased score of order 2 is one over pair agreement."""
    assert unbiased_vendi_2(_equality(counts)) == pytest.approx(1 / concentration(counts))


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))
def test_falls_with_the_order_and_stays_in_range(seed, n, d):
    """For any vectors the score falls with the order, between 1 and the smaller of n and d; the dual gives the same."""
    rows = np.random.default_rng(seed).normal(size=(n, d))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scores = [vendi_score(feature_spectrum(rows), q=q) for q in (0.3, 1.0, 2.0, math.inf)]
    assert all(b <= a + 1e-9 for a, b in pairwise(scores))
    assert scores[-1] >= 1 - 1e-9
    assert scores[0] <= min(n, d) + 1e-9
    assert scores[1] == pytest.approx(vendi_score(kernel_spectrum(rows @ rows.T)))
    assert scores[2] == pytest.approx(vendi_2(rows @ rows.T))


def test_what_is_no_inner_product_is_reported():
    """A similarity with a negative eigenvalue has a score, and says how much was cut."""
    kernel = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.9], [0.0, 0.9, 1.0]])
    spectrum = kernel_spectrum(kernel)
    assert spectrum.clipped == pytest.approx((0.9 * math.sqrt(2) - 1) / 3)
    assert spectrum.values.sum() == pytest.approx(1.0)
    assert 1 < vendi_score(spectrum) < 3


def test_no_similar_pair_has_no_unbiased_score():
    """Where nothing is similar to anything the unbiased score would be infinite: it does not exist."""
    assert unbiased_vendi_2(np.eye(3)) is None
