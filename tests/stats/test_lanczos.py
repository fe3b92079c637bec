"""Sums over eigenvalues by random vectors."""

import numpy as np
import pytest
from scipy import sparse

from evalkit.stats.eigen_diversity import estimated_vendi_score, feature_spectrum, vendi_score
from evalkit.stats.lanczos import gram_trace


def _rows(u=300, d=400, seed=3):
    """Return rows of length 1 that share a few common directions, as texts share words."""
    chance = np.random.default_rng(seed)
    rows = (chance.random((u, d)) < 20.0 / (1.0 + np.arange(d))) * chance.random((u, d))
    rows[:, 0] += 0.1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("q", [1.0, 1.5, 2.0])
def test_the_estimate_is_as_near_as_it_says(q):
    """The score of many rows lies within four standard errors of the exact one, and these are below 5 %."""
    rows, counts = _rows(), 1.0 + np.arange(300) % 3
    exact = vendi_score(feature_spectrum(rows, counts), q=q)
    value, error = estimated_vendi_score(sparse.csr_array(rows), counts, q=q)

    assert abs(value - exact) < 4.0 * error
    assert error < 0.05 * exact


def test_the_largest_eigenvalue_is_exact():
    """The infinite order hangs on it alone."""
    rows = _rows()
    value, error = estimated_vendi_score(rows, np.ones(300), q=np.inf)

    assert value == pytest.approx(vendi_score(feature_spectrum(rows), q=np.inf))
    assert error == 0.0


def test_a_sum_of_the_eigenvalues_themselves_is_known():
    """Then nothing is left to chance."""
    rows = _rows(40, 50)
    found = gram_trace(rows, lambda values: values)

    assert found.value == pytest.approx((rows * rows).sum())
    assert found.se == pytest.approx(0.0, abs=1e-9)


def test_copies_are_counts():
    """Rows that came several times have the eigenvalues of the rows written out."""
    rows, counts = _rows(12, 30), 1.0 + np.arange(12) % 4
    written = np.repeat(rows, counts.astype(int), axis=0)

    assert vendi_score(feature_spectrum(sparse.csr_array(rows), counts)) == pytest.approx(
        vendi_score(feature_spectrum(written)), rel=1e-12
    )
