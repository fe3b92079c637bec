"""Entropy of a sample of classes, in nats, by four estimators; and when none of them should be believed.

Explained in docs/statistics.md, "Answers as classes: richness, coverage, entropy".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.stats.richness import coverage, singleton_detection

Counts = NDArray[np.float64]

_LEAST_COVERAGE = 0.5
_LOST_DIGITS = 1e-3


def supports_entropy(counts: Sequence[int]) -> bool:
    """Return whether the sample covers enough, one half, of what the source says for an entropy to be told.

    Below, most of the entropy lies in classes nobody has seen, and every estimator only restates its assumptions.

    Args:
        counts: Answers in each class.

    References:
        Definition by this project, on the coverage of Chao and Jost (2012).
    """
    value = coverage(counts)
    return value is not None and value >= _LEAST_COVERAGE


def plug_in_entropy(counts: Sequence[int]) -> float | None:
    """Return the entropy of the sample itself, in [0, log n]; None of nothing. Far too low where much is unseen.

    Args:
        counts: Answers in each class.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27(3), 379-423 (1948).
    """
    seen = _seen(counts)
    if len(seen) == 0:
        return None
    shares = seen / seen.sum()
    return abs(float((shares * np.log(shares)).sum()))


def miller_madow_entropy(counts: Sequence[int]) -> float | None:
    """Return the plug-in entropy plus its first-order bias, half a nat per further class and answer; None of nothing.

    Args:
        counts: Answers in each class.

    References:
        G. A. Miller, "Note on the Bias of Information Estimates", Information Theory in Psychology: Problems and
        Methods, 95-100 (1955).
    """
    seen, value = _seen(counts), plug_in_entropy(counts)
    return None if value is None else value + (len(seen) - 1) / (2.0 * float(seen.sum()))


def chao_shen_entropy(counts: Sequence[int]) -> float | None:
    """Return the entropy with shares shrunk by coverage, each weighted by its chance to be seen; None of nothing.

    Where every answer is a class of its own one of them is taken back, or nothing would be covered.

    Args:
        counts: Answers in each class.

    References:
        A. Chao, T.-J. Shen, "Nonparametric Estimation of Shannon's Index of Diversity When There Are Unseen Species in
        Sample", Environmental and Ecological Statistics 10(4), 429-443 (2003).
    """
    seen = _seen(counts)
    if len(seen) == 0:
        return None
    n, once = float(seen.sum()), int((seen == 1.0).sum())
    if once == n:
        once -= 1
    shares = (1.0 - once / n) * seen / n
    met = -np.expm1(n * np.log1p(-np.minimum(shares, 1.0 - 1e-16)))
    return abs(float((shares * np.log(shares) / met).sum()))


def chao_wang_jost_entropy(counts: Sequence[int]) -> float | None:
    """Return the entropy from the slope of the species accumulation curve, in nats; None for fewer than two answers.

    The nearest to the truth of the four above about one nat. Ask `supports_entropy` first.

    Args:
        counts: Answers in each class.

    References:
        A. Chao, Y. T. Wang, L. Jost, "Entropy and the Species Accumulation Curve: A Novel Entropy Estimator via
        Discovery Rates of New Species", Methods in Ecology and Evolution 4(11), 1091-1100 (2013), equation 7.
    """
    seen = _seen(counts).astype(np.int64)
    n = int(seen.sum())
    if n < 2:  # noqa: PLR2004 - a curve begins with two
        return None
    # harmonic[x] = 1/x + ... + 1/(n-1), the sum from the class's count on
    harmonic = np.append(np.cumsum(1.0 / np.arange(n - 1, 0, -1))[::-1], 0.0)
    met = float((seen / n * harmonic[seen - 1]).sum())
    once = int((seen == 1).sum())
    return met + once / n * _tail(1.0 - singleton_detection(counts), n) if once else met


def _tail(x: float, n: int) -> float:
    """Return x^(1-n) times the sum of x^r / r from r = n on, for x in [0, 1)."""
    if x <= 0.0:
        return 0.0
    if x**n > _LOST_DIGITS:
        r = np.arange(1, n)
        return (-math.log1p(-x) - float((x**r / r).sum())) / x ** (n - 1)
    # The difference above would lose its digits; its rest falls fast.
    terms = math.ceil(40.0 / -math.log(x))
    r = np.arange(terms)
    return float((x ** (r + 1.0) / (n + r)).sum())


def _seen(counts: Sequence[int]) -> Counts:
    """Return the counts of the classes that hold anything; shape (classes,)."""
    return np.asarray([count for count in counts if count], dtype=np.float64)
