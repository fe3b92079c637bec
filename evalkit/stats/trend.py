"""Whether values move with temperature, each prompt compared with itself only.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.stats.permutation import DRAWS, MOST_ARRANGEMENTS, PermutationTest, all_sums, two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COUNTABLE = 10**15
_LISTED = 7  # values of a block of which all orders are listed, 5,040 at most, and then drawn from the list

Block: TypeAlias = tuple[Sequence[float], Sequence[float]]
"""Temperatures and values of one prompt, in the same order."""


def kendall_tau_b(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Return Kendall's tau-b, in [-1, 1]; None when x or y has no two different values.

    References:
        M. G. Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 239-251 (1945).
    """
    signs_x, signs_y = _signs(x), _signs(y)
    scale = _scale(signs_x, signs_y)
    return None if scale == 0.0 else int((signs_x * signs_y).sum(dtype=np.int64)) / scale


def varies(block: Block) -> bool:
    """Return whether a block says anything: two different values at two different temperatures.

    References:
        Definition by this project.
    """
    return len(set(block[0])) > 1 and len(set(block[1])) > 1


def least_p_value(blocks: Sequence[Block]) -> float:
    """Return the least p-value the trend test can give for blocks of these sizes, in (0, 1].

    Two arrangements, the ascending and the descending one, are the furthest from 0.

    References:
        Definition by this project: enumeration.
    """
    orders = math.prod(math.factorial(len(values)) for _, values in blocks)
    return 2.0 / max(2, min(orders, _COUNTABLE))  # the number of orders can be too large for a float


def trend_test(blocks: Sequence[Block], rng: np.random.Generator) -> PermutationTest:
    """Return the test that values do not move with temperature.

    The statistic is the mean over blocks of Kendall's tau-b of value against temperature. If temperature meant
    nothing, the values of a block would be in any order with equal probability, and those of different blocks
    independently so: the p-value counts such orders.

    Args:
        blocks: One for each prompt, 1 or more; a block without two different values says nothing in any order, and
            has no place here.
        rng: Draws orders where there are too many to count.

    Raises:
        ValueError: There is no block, or one that does not vary.

    References:
        M. G. Kendall, "A New Measure of Rank Correlation", Biometrika 30, 81-93 (1938).
        E. B. Page, "Ordered Hypotheses for Multiple Treatments: A Significance Test for Linear Ranks", Journal of
        the American Statistical Association 58, 216-230 (1963), for the alternative ordered within blocks; the
        mean of tau-b in place of his sum of ranks allows blocks with values missing.
    """
    if not blocks or not all(map(varies, blocks)):
        raise ValueError("the trend test takes blocks of two or more different values")
    m, observed = len(blocks), 0.0
    exact = math.prod(math.factorial(len(x)) for x, _ in blocks) <= MOST_ARRANGEMENTS
    if exact:
        taus = [_listed_taus(x, _signs(y)) for x, y in blocks]
        observed, null = sum(float(listed[0]) for listed in taus), all_sums(taus) / m
    else:
        null = np.zeros(DRAWS)
        for x, y in blocks:
            if len(x) <= _LISTED:
                listed = _listed_taus(x, _signs(y))
                observed += float(listed[0])
                null += (listed / m).take(rng.integers(len(listed), size=DRAWS))
                continue
            orders = rng.permuted(np.tile(np.arange(len(x)), (DRAWS, 1)), axis=1)
            observed += kendall_tau_b(x, y) or 0.0
            null += _taus(x, _signs(y), orders) / m
    return two_sided(observed / m, null, exact=exact)


def _signs(values: Sequence[float]) -> NDArray[np.int8]:
    numbers = np.asarray(values, dtype=np.float64)
    return np.subtract(numbers > numbers[:, None], numbers < numbers[:, None], dtype=np.int8)


def _scale(signs_x: NDArray[np.int8], signs_y: NDArray[np.int8]) -> float:
    return math.sqrt(int(np.count_nonzero(signs_x)) * int(np.count_nonzero(signs_y)))


@functools.lru_cache(maxsize=16)
def _all_orders(k: int) -> NDArray[np.intp]:
    return np.array(list(itertools.permutations(range(k))), dtype=np.intp)


def _taus(x: Sequence[float], y: NDArray[np.int8], orders: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return tau-b of y against x under each order of x; shape (orders,)."""
    ranks = _ranks(x)[orders]
    concordance = np.zeros(len(orders), dtype=np.int64)
    for i in range(len(x) - 1):
        steps = np.sign(ranks[:, i + 1 :] - ranks[:, i : i + 1])
        concordance += (steps * y[i, i + 1 :]).sum(axis=1, dtype=np.int64)
    return np.asarray(2.0 * concordance / _scale(_signs(x), y), dtype=np.float64)


def _listed_taus(x: Sequence[float], y: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return `_taus` under all orders of a few values, as they stand first; prompts asked alike share the work."""
    steps, (i, j), n_signs = _all_steps(tuple(x))
    scale = math.sqrt(n_signs * int(np.count_nonzero(y)))
    return np.asarray(2.0 * (steps @ y[i, j]) / scale, dtype=np.float64)


@functools.lru_cache(maxsize=16)
def _all_steps(
    x: tuple[float, ...],
) -> tuple[NDArray[np.float64], tuple[NDArray[np.intp], NDArray[np.intp]], int]:
    """Return whether values rise or fall from each place to each later one in every order, the pairs, and how many do.

    Args:
        x: A few values.
    """
    i, j = np.triu_indices(len(x), 1)
    arranged = _ranks(x)[_all_orders(len(x))]
    steps = np.sign(arranged[:, j] - arranged[:, i]).astype(np.float64)
    return steps, (i, j), int(np.count_nonzero(_signs(x)))


def _ranks(x: Sequence[float]) -> NDArray[np.int16]:
    return np.unique(np.asarray(x, dtype=np.float64), return_inverse=True)[1].astype(np.int16)
