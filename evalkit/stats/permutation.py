"""Permutation tests: what the data would give if labels meant nothing.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ARRANGEMENTS = 50_000
"""As many arrangements are counted one by one; more are sampled."""
DRAWS = 9_999
"""Arrangements sampled where there are too many to count; the least p-value is then 1/10,000."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """What a permutation test gave."""

    statistic: float
    """The observed statistic."""
    p_value: float
    """In (0, 1]; of two sides or one, as the function that made it says."""
    exact: bool
    """Whether every arrangement was counted."""
    n_arrangements: int
    """Arrangements counted or sampled."""


def two_sided(observed: float, null: NDArray[np.float64], *, exact: bool) -> PermutationTest:
    """Return the share of arrangements whose statistic is as far from 0 as the observed one.

    Sampled arrangements do not hold the observed one for sure, so it is added to both counts: the p-value is
    never 0, and the test keeps its level.

    Args:
        observed: Statistic of the data as they are.
        null: (m,) statistics under arrangements; with `exact` all of them, the observed one among them.
        exact: Whether `null` is complete.

    References:
        B. Phipson, G. K. Smyth, "Permutation P-Values Should Never Be Zero", Statistical Applications in Genetics
        and Molecular Biology 9(1), article 39 (2010).
    """
    far = int((np.abs(null) >= abs(observed) - _ROUNDING).sum())
    p_value = far / len(null) if exact else (far + 1) / (len(null) + 1)
    return PermutationTest(observed, p_value, exact, len(null))


def upper_sided(observed: float, null: NDArray[np.float64], *, exact: bool) -> PermutationTest:
    """Return the share of arrangements whose statistic is as large as the observed one, for statistics of distance.

    As in `two_sided`, sampled arrangements are joined by the observed one, so that the p-value is never 0.

    Args:
        observed: Statistic of the data as they are.
        null: (m,) statistics under arrangements; with `exact` all of them, the observed one among them.
        exact: Whether `null` is complete.

    References:
        B. Phipson, G. K. Smyth, "Permutation P-Values Should Never Be Zero", Statistical Applications in Genetics
        and Molecular Biology 9(1), article 39 (2010).
    """
    as_large = int((null >= observed - _ROUNDING).sum())
    p_value = as_large / len(null) if exact else (as_large + 1) / (len(null) + 1)
    return PermutationTest(observed, p_value, exact, len(null))


def all_sums(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return every sum of one value of each part; shape (product of the parts' lengths,).

    References:
        Definition by this project: enumeration.
    """
    sums = np.zeros(1)
    for part in parts:
        sums = (sums[:, None] + part[None, :]).ravel()
    return sums


def sign_flip(differences: Sequence[float], rng: np.random.Generator) -> PermutationTest:
    """Return the test that paired differences are as often up as down; the statistic is their mean.

    Args:
        differences: (n,) one for each pair, n at least 1.
        rng: Draws the signs where 2 to the power of n is too many to count.

    References:
        R. A. Fisher, "The Design of Experiments", Oliver & Boyd (1935), section 21.
    """
    values = np.asarray(differences, dtype=np.float64)
    n = len(values)
    exact = n <= math.log2(MOST_ARRANGEMENTS)
    if exact:
        null = all_sums([np.array([value, -value]) for value in values]) / n
    else:
        null = rng.choice((-1.0, 1.0), size=(DRAWS, n)) @ values / n
    return two_sided(float(values.mean()), null, exact=exact)
