"""The Jonckheere-Terpstra test: whether independent values rise over ordered groups.

Explained in docs/statistics.md, "Does it move with temperature?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.trend import kendall_tau_b, trend_test


@dataclass(frozen=True, slots=True)
class JonckheereTerpstra:
    """What the test gave."""

    JT: float
    """Pairs of values of two groups that rise with the group, ties counted half."""
    mean: float
    """What JT is on average where groups mean nothing."""
    p_value: float
    """Two-sided, in (0, 1]; half of it is the one-sided value in the direction that was found."""
    effect: float
    """Kendall's tau-b between group and value, in [-1, 1]."""


def jonckheere_terpstra(
    groups: Sequence[float], values: Sequence[float], rng: np.random.Generator | None = None
) -> JonckheereTerpstra:
    """Return the test that values do not move with the group they are in.

    Each value must stand for itself, such as the length of one sample: pairs share samples, so for a mean over
    pairs see `pair_trend`. The test is that of Kendall's tau between group and value, whose permutations are the same.

    Args:
        groups: (n,) what orders the values, such as the temperature of each; two different ones at least.
        values: (n,) finite numbers, two different ones at least.
        rng: Draws permutations, or counts them where they are few; without it the p-value is the normal
            approximation's, corrected for ties, good from about five values a group.

    Raises:
        ValueError: All groups or all values are equal.

    References:
        A. R. Jonckheere, "A Distribution-Free k-Sample Test Against Ordered Alternatives", Biometrika 41, 133-145
        (1954).
        T. J. Terpstra, "The Asymptotic Normality and Consistency of Kendall's Test Against Trend, When Ties Are
        Present in One Ranking", Indagationes Mathematicae 14, 327-333 (1952).
    """
    tau = kendall_tau_b(groups, values)
    if tau is None:
        raise ValueError("the Jonckheere-Terpstra test takes two or more different groups and values")
    x, y = np.asarray(groups, dtype=np.float64), np.asarray(values, dtype=np.float64)
    later = x[:, None] < x[None, :]
    steps = np.sign(y[None, :] - y[:, None])[later]
    p_value = _normal(x, y) if rng is None else trend_test([(groups, values)], rng).p_value
    return JonckheereTerpstra(float(((steps + 1.0) / 2.0).sum()), len(steps) / 2.0, p_value, tau)


def _normal(x: np.ndarray[tuple[int], np.dtype[np.float64]], y: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    from scipy.stats import kendalltau  # loads slowly, and only here

    p_value = float(kendalltau(x, y, method="asymptotic").pvalue)
    return p_value if math.isfinite(p_value) else 1.0
