"""The closest curve that never falls, and whether the true one may be such a curve.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.permutation import DRAWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class MonotoneTest:
    """What the test of a curve against all monotone ones gave."""

    distance: float
    """Weighted sum of squares between the curve and the closest monotone one, in squared standard errors."""
    p_value: float
    """In (0, 1]; small where the curve is not monotone."""


def isotonic_fit(
    values: Sequence[float] | NDArray[np.float64], *, weights: Sequence[float] | None = None, falling: bool = False
) -> NDArray[np.float64]:
    """Return the closest values that never fall (or never rise), by weighted squares; shape (k,).

    Args:
        values: (k,) in the order of temperature, k at least 1.
        weights: (k,) above 0, such as one over the variance; equal when None.
        falling: Whether the fit is to fall.

    References:
        R. E. Barlow, D. J. Bartholomew, J. M. Bremner, H. D. Brunk, "Statistical Inference under Order Restrictions",
        Wiley (1972), section 1.2 (pool adjacent violators).
    """
    from scipy.optimize import isotonic_regression  # loads slowly, and only here

    y = np.asarray(values, dtype=np.float64)
    found = isotonic_regression(y, weights=weights, increasing=not falling)
    return np.asarray(found.x, dtype=np.float64)


def isotonic_fits(curves: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the closest values that never fall, of many curves at once; shape (m, k).

    The fit at a place is the greatest, over all stretches that reach back from it, of the least mean of such a
    stretch carried on: as `isotonic_fit`, without a loop over curves.

    Args:
        curves: (m, k), few places each.
        weights: (k,) above 0.

    References:
        R. E. Barlow, D. J. Bartholomew, J. M. Bremner, H. D. Brunk (1972), section 1.2, the max-min formulas.
    """
    k = curves.shape[1]
    sums = np.concatenate([np.zeros((len(curves), 1)), np.cumsum(curves * weights, axis=1)], axis=1)
    mass = np.concatenate([[0.0], np.cumsum(weights)])
    fits = np.empty_like(curves)
    from_back = np.full((len(curves), k), np.inf)  # least mean of a stretch that begins at a and reaches to i or beyond
    for i in range(k - 1, -1, -1):
        for a in range(i + 1):
            mean = curves[:, i] if a == i else (sums[:, i + 1] - sums[:, a]) / (mass[i + 1] - mass[a])
            from_back[:, a] = np.minimum(from_back[:, a], mean)
        fits[:, i] = from_back[:, : i + 1].max(axis=1)
    return fits


def monotone_test(
    values: Sequence[float], ses: Sequence[float], rng: np.random.Generator, *, falling: bool = False
) -> MonotoneTest:
    """Return the test that the true curve never falls (or never rises).

    Curves are drawn about a flat one with the standard errors given, and their distances to their own monotone fits
    compared with that of the data. Of all monotone curves the flat one is furthest from its fit by chance, so the
    test keeps its level whichever is true; a dip below the fit flags texts that are cut or fall apart.

    Args:
        values: (k,) in the order of temperature, k at least 2, independent of one another.
        ses: (k,) standard error of each, above 0.
        rng: Draws the curves.
        falling: Whether the curve is claimed to fall.

    Raises:
        ValueError: A standard error is not above 0.

    References:
        T. Robertson, F. T. Wright, R. L. Dykstra, "Order Restricted Statistical Inference", Wiley (1988), section 2.3,
        for the distance and the least favourable curve; drawn in place of their chi-bar-squared distribution.
    """
    se = np.asarray(ses, dtype=np.float64)
    if not (se > 0.0).all():
        raise ValueError("the test takes standard errors above 0")
    sign = -1.0 if falling else 1.0
    curves = np.vstack([sign * np.asarray(values, dtype=np.float64), rng.standard_normal((DRAWS, len(se))) * se])
    rest = (curves - isotonic_fits(curves, 1.0 / (se * se))) / se
    distances = (rest * rest).sum(axis=1)
    far = int((distances[1:] >= distances[0] - _ROUNDING).sum())
    return MonotoneTest(float(distances[0]), (far + 1) / (DRAWS + 1))
