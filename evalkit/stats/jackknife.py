"""Delete-one jackknife: how well a smooth functional of all samples is known.

Explained in docs/statistics.md, "An interval within one prompt".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evalkit.stats.student import Ends, quantile

_ROUNDING = 1e-12


def jackknife_interval(value: float, left_out: Sequence[float], *, level: float = 0.95) -> Ends | None:
    """Return value ± t times the delete-one standard error; None where leaving out changes nothing.

    Valid for smooth functionals whose expected value does not hang on n. Never resample with replacement for
    these: copies of a sample are just what a functional of variety counts.

    Args:
        value: The functional of all n samples.
        left_out: (n,) the functional without each sample in turn, n at least 3.
        level: In (0, 1).

    References:
        J. W. Tukey, "Bias and Confidence in Not-Quite Large Samples", Annals of Mathematical Statistics 29(2), 614
        (1958).
        B. Efron, C. Stein, "The Jackknife Estimate of Variance", Annals of Statistics 9(3), 586-596 (1981).
    """
    values = np.asarray(left_out, dtype=np.float64)
    n = len(values)
    if n < 3:  # noqa: PLR2004 - two values left out of two say nothing of a spread
        return None
    if float(np.ptp(values)) <= _ROUNDING * max(1.0, abs(value)):  # equal but for the order of additions
        return None
    half = quantile(level, n - 1) * math.sqrt((n - 1) / n * float(((values - values.mean()) ** 2).sum()))
    return value - half, value + half
