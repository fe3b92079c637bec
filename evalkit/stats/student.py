"""Student's t: the interval of a mean.

Explained in docs/statistics.md, "A point of the curve: prompts are the unit".
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ends: TypeAlias = tuple[float, float]
"""Lower and upper end of an interval."""


def quantile(level: float, df: float) -> float:
    """Return the number that a t variable exceeds in size with probability 1 - level.

    Args:
        level: In (0, 1).
        df: Degrees of freedom, above 0.

    References:
        Student, "The Probable Error of a Mean", Biometrika 6(1), 1-25 (1908).
    """
    return _quantile(level, df)


@functools.lru_cache(maxsize=512)  # cells of one size ask for the same
def _quantile(level: float, df: float) -> float:
    return float(special.stdtrit(df, 0.5 + level / 2.0))


def mean_interval(values: Sequence[float] | NDArray[np.float64], *, level: float = 0.95) -> Ends | None:
    """Return the t interval for the mean of independent values; None where they have no spread.

    None is the honest answer for fewer than two values and for values that are all equal: the formula
    would give an interval without width, which claims certainty.

    Args:
        values: (n,) finite numbers.
        level: In (0, 1).

    References:
        Student, "The Probable Error of a Mean", Biometrika 6(1), 1-25 (1908).
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) < 2 or np.ptp(numbers) == 0.0:  # noqa: PLR2004 - a spread needs two
        return None
    centre = float(numbers.mean())
    half = quantile(level, len(numbers) - 1) * float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return (centre - half, centre + half) if centre - half < centre + half else None
