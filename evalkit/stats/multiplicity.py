"""Several tests at once.

Explained in docs/statistics.md, "Many questions at once".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.permutation import DRAWS, MOST_ARRANGEMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-9


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted so that the chance of any false alarm among them stays below the level.

    Args:
        p_values: (m,) in [0, 1].

    Returns:
        (m,) adjusted p-values in [0, 1], in the order given.

    References:
        S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2),
        65-70 (1979).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(adjusted.tolist())


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted so that among the findings the expected share of false ones stays below the level.

    For exploring, such as a map of many cells: it promises less than `holm`, and finds more. Valid for independent
    tests and for those that are positively dependent.

    Args:
        p_values: (m,) in [0, 1].

    Returns:
        (m,) adjusted p-values in [0, 1], in the order given.

    References:
        Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple
        Testing", Journal of the Royal Statistical Society B 57(1), 289-300 (1995).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")[::-1]
    m = len(p)
    stepped = np.minimum.accumulate(p[order] * (m / np.arange(m, 0, -1)))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(adjusted.tolist())


def max_t(differences: NDArray[np.float64] | Sequence[Sequence[float]], rng: np.random.Generator) -> tuple[float, ...]:
    """Return p-values of paired contrasts adjusted by the greatest statistic under sign flips of whole prompts.

    One sign flips all contrasts of a prompt, so what they have in common is kept: contrasts that move together cost
    less than Holm takes. The statistic is Student's, in size, by way of an increasing function of it that stays finite;
    the least contrasts are compared with one another only (step-down).

    Args:
        differences: (P, m) for each prompt its difference in each of m contrasts, such as against a baseline at each
            temperature; finite numbers.
        rng: Draws the signs where 2 to the power of P is too many to count.

    Returns:
        (m,) adjusted two-sided p-values in (0, 1], in the order given; 1 where a contrast has no difference at all.

    References:
        P. H. Westfall, S. S. Young, "Resampling-Based Multiple Testing", Wiley (1993), algorithm 4.1.
        B. Phipson, G. K. Smyth (2010), for counting the observed arrangement where signs are drawn.
    """
    table = np.asarray(differences, dtype=np.float64)
    P, m = table.shape
    size = np.sqrt(P * (table * table).sum(axis=0))
    scaled = table / np.where(size > 0.0, size, 1.0)  # the column sum is now t / sqrt(P - 1 + t * t), in [-1, 1]
    exact = math.log2(MOST_ARRANGEMENTS) >= P
    null = np.abs((_all_signs(P) if exact else rng.choice((-1.0, 1.0), size=(DRAWS, P))) @ scaled)
    observed = np.abs(scaled.sum(axis=0))
    order = np.argsort(-observed, kind="stable")
    # From the least contrast on: the greatest of it and all that are less.
    greatest = np.maximum.accumulate(null[:, order[::-1]], axis=1)[:, ::-1]
    far = (greatest >= observed[order] - _ROUNDING).sum(axis=0)
    stepped = np.maximum.accumulate(far / len(null) if exact else (far + 1) / (len(null) + 1))
    adjusted = np.empty(m)
    adjusted[order] = stepped
    return tuple(adjusted.tolist())


def _all_signs(P: int) -> NDArray[np.float64]:
    """Return every way to give P prompts a sign; shape (2 to the power of P, P)."""
    bits = (np.arange(2**P)[:, None] >> np.arange(P)[None, :]) & 1
    return np.asarray(1.0 - 2.0 * bits, dtype=np.float64)
