"""Page's test: whether values rise in a predicted order, each prompt ranked by itself.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.trend import kendall_tau_b

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PageTrend:
    """What Page's test gave."""

    L: float
    """Sum over the order of predicted rank times rank sum."""
    p_value: float
    """One-sided, against a trend in the predicted direction, in (0, 1]."""
    exact: bool
    """Whether the p-value was counted, or is the normal approximation's."""
    effect: float
    """Mean over prompts of Kendall's tau-b between value and predicted order, in [-1, 1]; 0 of a prompt whose values
    are all equal, which is how the test ranks it."""


def page_trend(table: NDArray[np.float64] | Sequence[Sequence[float]], *, falling: bool = False) -> PageTrend:
    """Return the test that values have no order against rising ones, or falling ones.

    The direction must be predicted before the data are seen; where it is not, double the smaller of both p-values.
    With ties the counted p-value is a little too large.

    Args:
        table: (P, k) for each prompt its value at each of k temperatures in ascending order; P at least 2, k at least
            3, finite numbers.
        falling: Whether values are predicted to fall.

    References:
        E. B. Page, "Ordered Hypotheses for Multiple Treatments: A Significance Test for Linear Ranks", Journal of the
        American Statistical Association 58, 216-230 (1963).
    """
    from scipy.stats import page_trend_test  # loads slowly, and only here

    values = np.asarray(table, dtype=np.float64)
    k = values.shape[1]
    predicted = np.arange(k, 0, -1) if falling else np.arange(1, k + 1)
    found = page_trend_test(values, predicted_ranks=predicted)
    taus = [kendall_tau_b(predicted.tolist(), row.tolist()) or 0.0 for row in values]
    p_value = min(1.0, float(found.pvalue))
    return PageTrend(float(found.statistic), p_value, found.method == "exact", float(np.mean(taus)))
