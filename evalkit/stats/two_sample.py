"""Two-sample tests: whether two sets of answers come from the same distribution, prompt by prompt.

Explained in docs/statistics.md, "Do two sides answer alike?".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.stats.permutation import DRAWS, MOST_ARRANGEMENTS, PermutationTest, all_sums, upper_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix: TypeAlias = "NDArray[np.float64]"
_Statistic: TypeAlias = "Callable[[Matrix, int, Matrix], NDArray[np.float64]]"

_AT_A_TIME = 1_000  # arrangements held in memory together
_FEWEST_ARRANGED = 2  # samples on each side, for a pair within it


def mmd2(kernel: Matrix, n_first: int) -> float:
    """Return the squared maximum mean discrepancy of two samples, without bias; it may fall below 0.

    The mean similarity within the first, plus that within the second, less twice that between them. Its expected
    value is 0 when both come from the same distribution, whatever the sizes.

    Args:
        kernel: (n, n) symmetric similarities of the pooled samples, those of the first sample first.
        n_first: Samples of the first, from 2 to n - 2.

    Raises:
        ValueError: A side has fewer than two samples.

    References:
        A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schoelkopf, A. Smola, "A Kernel Two-Sample Test", Journal of
        Machine Learning Research 13, 723-773 (2012), equation 3.
    """
    return float(_mmd2_of(*_first(kernel, n_first))[0])


def energy_distance(distance: Matrix, n_first: int) -> float:
    """Return the energy distance of two samples as a V-statistic: twice the mean between, less both means within.

    Means within count a sample's distance 0 from itself, so the value is above its expectation at few samples, and
    is 0 or more where the distance is of negative type.

    Args:
        distance: (n, n) symmetric distances of the pooled samples with a diagonal of 0, those of the first first.
        n_first: Samples of the first, from 2 to n - 2.

    Raises:
        ValueError: A side has fewer than two samples.

    References:
        G. J. Szekely, M. L. Rizzo, "Energy Statistics: A Class of Statistics Based on Distances", Journal of
        Statistical Planning and Inference 143(8), 1249-1272 (2013), section 6.
        D. Sejdinovic, B. Sriperumbudur, A. Gretton, K. Fukumizu, "Equivalence of Distance-Based and RKHS-Based
        Statistics in Hypothesis Testing", Annals of Statistics 41(5), 2263-2291 (2013), for what it has in common
        with the discrepancy above.
    """
    return float(_energy_of(*_first(distance, n_first))[0])


def mmd_test(
    kernels: Sequence[Matrix], n_first: Sequence[int], rng: np.random.Generator, *, draws: int = DRAWS
) -> PermutationTest:
    """Return the test that, for each prompt, both sides answer from the same distribution; the statistic is a sum.

    Labels change places only within their prompt: across prompts they would test whether prompts differ. The test
    keeps its level for any similarity; what it can see hangs on the similarity. All arrangements are counted where
    they are few, else some are sampled and the p-value is (1 + as large) / (1 + sampled), never 0.

    Args:
        kernels: For each prompt (n, n) similarities of its pooled samples, those of the first side first.
        n_first: For each prompt, samples of the first side; two or more on either side.
        rng: Draws the arrangements where there are too many to count.
        draws: Arrangements to sample then.

    Raises:
        ValueError: There is no prompt, or a side has fewer than two samples.

    References:
        A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schoelkopf, A. Smola, "A Kernel Two-Sample Test", Journal of
        Machine Learning Research 13, 723-773 (2012), equation 3.
        I. Gao, P. Liang, C. Guestrin, "Model Equality Testing: Which Model Is This API Serving?", arXiv 2410.20247
        (2024), for labels permuted within prompts.
    """
    return _stratified(_mmd2_of, kernels, n_first, rng, draws)


def energy_test(
    distances: Sequence[Matrix], n_first: Sequence[int], rng: np.random.Generator, *, draws: int = DRAWS
) -> PermutationTest:
    """Return the test of `mmd_test` by the sum of energy distances; arguments as there, with distances.

    References:
        G. J. Szekely, M. L. Rizzo, "Energy Statistics: A Class of Statistics Based on Distances", Journal of
        Statistical Planning and Inference 143(8), 1249-1272 (2013), section 6.
    """
    return _stratified(_energy_of, distances, n_first, rng, draws)


def exact_match_test(
    first: Sequence[Sequence[Hashable]],
    second: Sequence[Sequence[Hashable]],
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
) -> PermutationTest:
    """Return the test of `mmd_test` with equality as similarity, from counts: linear in the number of samples.

    The discrepancy is then the chance that two answers of the first side agree, plus that of the second, less twice
    that of one from each; how often each answer falls to the first side is all that an arrangement decides.

    Args:
        first: For each prompt the first side's answers, two or more.
        second: For each prompt the second side's answers, two or more.
        rng: Draws the arrangements where there are too many to count.
        draws: Arrangements to sample then.

    Raises:
        ValueError: There is no prompt, the sides have different prompts, or a side has fewer than two answers.

    References:
        A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schoelkopf, A. Smola, "A Kernel Two-Sample Test", Journal of
        Machine Learning Research 13, 723-773 (2012), equation 3 with the identity as kernel.
    """
    pairs = list(zip(first, second, strict=True))
    sizes = [(len(a) + len(b), len(a)) for a, b in pairs]
    _check(sizes)
    observed, parts = 0.0, []
    exact = _are_few(sizes)
    for a, b in pairs:
        index: dict[Hashable, int] = {}
        codes = np.array([index.setdefault(answer, len(index)) for answer in (*a, *b)])
        pooled = np.bincount(codes)
        observed += float(_mmd2_of_counts(np.bincount(codes[: len(a)], minlength=len(index))[None, :], pooled)[0])
        if exact:
            counts = _all_arrangements(len(codes), len(a)) @ np.eye(len(index))[codes]
        else:
            counts = rng.multivariate_hypergeometric(pooled, len(a), size=draws)
        parts.append(_mmd2_of_counts(counts, pooled))
    return upper_sided(observed, all_sums(parts) if exact else np.sum(parts, axis=0), exact=exact)


def noise_floor(
    kernels: Sequence[Matrix], rng: np.random.Generator, *, share: float = 0.95, splits: int = 999
) -> float:
    """Return the discrepancy, summed over prompts, below which a share of random splits into halves stay.

    What one side's own answers give against themselves: a discrepancy that is no larger is noise. Halves hold half
    the answers, so the floor lies above the noise between two whole sides.

    Args:
        kernels: For each prompt (n, n) similarities of one side's samples, four or more.
        rng: Draws the splits.
        share: Share of the splits below, in (0, 1).
        splits: Splits to draw.

    Raises:
        ValueError: A prompt has fewer than four samples.

    References:
        Definition by this project; the statistic is that of A. Gretton and others (2012), equation 3.
    """
    _check([(len(kernel), len(kernel) // 2) for kernel in kernels])
    total = np.zeros(splits)
    for kernel in kernels:
        half = len(kernel) // 2
        drawn = rng.permuted(np.tile(np.arange(len(kernel)) < half, (splits, 1)), axis=1)
        total += _mmd2_of(kernel, half, drawn.astype(np.float64))
    return float(np.quantile(total, share))


def _stratified(
    statistic: _Statistic, matrices: Sequence[Matrix], n_first: Sequence[int], rng: np.random.Generator, draws: int
) -> PermutationTest:
    sizes = [(len(matrix), n) for matrix, n in zip(matrices, n_first, strict=True)]
    _check(sizes)
    observed = sum(float(statistic(*_first(matrix, n))[0]) for matrix, n in zip(matrices, n_first, strict=True))
    if _are_few(sizes):
        parts = [statistic(m, n, _all_arrangements(len(m), n)) for m, n in zip(matrices, n_first, strict=True)]
        return upper_sided(observed, all_sums(parts), exact=True)
    null = np.zeros(draws)
    for matrix, n in zip(matrices, n_first, strict=True):
        labels = np.arange(len(matrix)) < n
        for start in range(0, draws, _AT_A_TIME):
            part = null[start : start + _AT_A_TIME]
            drawn = rng.permuted(np.tile(labels, (len(part), 1)), axis=1)
            part += statistic(matrix, n, drawn.astype(np.float64))
    return upper_sided(observed, null, exact=False)


def _check(sizes: Sequence[tuple[int, int]]) -> None:
    if not sizes or any(min(n, total - n) < _FEWEST_ARRANGED for total, n in sizes):
        raise ValueError("the two-sample test takes one prompt or more, with two samples or more on each side of it")


def _first(matrix: Matrix, n_first: int) -> tuple[Matrix, int, Matrix]:
    """Return the matrix, the number of first samples, and the arrangement as it is; shape (1, n)."""
    _check([(len(matrix), n_first)])
    return matrix, n_first, (np.arange(len(matrix)) < n_first).astype(np.float64)[None, :]


def _are_few(sizes: Sequence[tuple[int, int]]) -> bool:
    n_arrangements = 1
    for total, n in sizes:
        n_arrangements *= math.comb(total, n)
        if n_arrangements > MOST_ARRANGEMENTS:
            return False
    return True


def _all_arrangements(total: int, n_first: int) -> Matrix:
    """Return every choice of the first samples as rows of 0 and 1; shape (arrangements, total)."""
    chosen = np.array(list(itertools.combinations(range(total), n_first)), dtype=np.intp)
    rows = np.zeros((len(chosen), total))
    np.put_along_axis(rows, chosen, 1.0, axis=1)
    return rows


def _sums(matrix: Matrix, arrangements: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return the sums within the first, within the second and between, for rows of 0 and 1; the diagonal left out."""
    clean = matrix - np.diag(np.diagonal(matrix))
    ahead = (arrangements @ clean) * arrangements
    within = ahead.sum(axis=1)
    between = arrangements @ clean.sum(axis=1) - within
    return within, clean.sum() - within - 2.0 * between, between


def _mmd2_of(kernel: Matrix, n_first: int, arrangements: Matrix) -> NDArray[np.float64]:
    m, n = n_first, len(kernel) - n_first
    first, second, between = _sums(kernel, arrangements)
    return np.asarray(first / (m * (m - 1)) + second / (n * (n - 1)) - 2.0 * between / (m * n), dtype=np.float64)


def _energy_of(distance: Matrix, n_first: int, arrangements: Matrix) -> NDArray[np.float64]:
    m, n = n_first, len(distance) - n_first
    first, second, between = _sums(distance, arrangements)
    return np.asarray(2.0 * between / (m * n) - first / (m * m) - second / (n * n), dtype=np.float64)


def _mmd2_of_counts(first: NDArray[np.generic], pooled: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the discrepancy for rows of how often each answer is among the first; shape (arrangements,)."""
    a = np.asarray(first, dtype=np.float64)
    b = np.asarray(pooled, dtype=np.float64) - a
    m, n = float(a[0].sum()), float(b[0].sum())
    within = ((a * a).sum(axis=1) - m) / (m * (m - 1)) + ((b * b).sum(axis=1) - n) / (n * (n - 1))
    return np.asarray(within - 2.0 * (a * b).sum(axis=1) / (m * n), dtype=np.float64)
