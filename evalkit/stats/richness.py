"""Hill numbers, and what a sample of classes says about those it has not met.

Explained in docs/statistics.md, "Answers as classes: richness, coverage, entropy".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]


def hill_number(counts: Sequence[int], q: float) -> float | None:
    """Return the effective number of different answers of order q, in [1, n], as the sample has it; None of nothing.

    Order 0 counts classes, 1 is exp(entropy), 2 the inverse concentration, infinity the inverse share of the
    largest class. A plug-in: it grows with the number of answers, the more so the smaller q.

    Args:
        counts: Answers in each class.
        q: Order, 0 or more; may be infinite.

    References:
        M. O. Hill, "Diversity and Evenness: A Unifying Notation and Its Consequences", Ecology 54(2), 427-432 (1973).
        L. Jost, "Entropy and Diversity", Oikos 113(2), 363-375 (2006).
    """
    shares = _shares(counts)
    if len(shares) == 0:
        return None
    if math.isinf(q):
        return float(1.0 / shares.max())
    if q == 1.0:
        return float(np.exp(-(shares * np.log(shares)).sum()))
    # Relative to the largest share: its powers underflow at large q.
    largest = shares.max()
    log_sum = q * math.log(largest) + math.log(((shares / largest) ** q).sum())
    return math.exp(log_sum / (1.0 - q))


def concentration(counts: Sequence[int]) -> float | None:
    """Return the chance that two draws agree, in [0, 1], unbiased; None for fewer than two answers.

    Args:
        counts: Answers in each class.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949).
    """
    n = sum(counts)
    return None if n < 2 else sum(c * (c - 1) for c in counts) / (n * (n - 1))  # noqa: PLR2004 - a pair


def unbiased_hill_2(counts: Sequence[int]) -> float | None:
    """Return the inverse of the unbiased concentration, in [1, inf); None where no two answers agree.

    Unbiased on the scale of concentration, not on its own: test and bound concentration, and invert at the end.

    Args:
        counts: Answers in each class.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for the concentration.
        L. Jost, "Entropy and Diversity", Oikos 113(2), 363-375 (2006), for its inverse.
    """
    value = concentration(counts)
    return 1.0 / value if value else None


def chao1(counts: Sequence[int], *, bias_corrected: bool = False) -> float | None:
    """Return a lower bound of the number of classes there are, seen or not, in [1, inf); None of nothing.

    Args:
        counts: Answers in each class.
        bias_corrected: The form without the factor (n - 1)/n that needs no class seen twice; usual in ecology's
            software.

    References:
        A. Chao, "Nonparametric Estimation of the Number of Classes in a Population", Scandinavian Journal of
        Statistics 11(4), 265-270 (1984). The bias-corrected form: A. Chao, "Species Estimation and Applications",
        Encyclopedia of Statistical Sciences (2005).
    """
    n, seen = sum(counts), sum(count > 0 for count in counts)
    if n == 0:
        return None
    once, twice = _seen(counts, 1), _seen(counts, 2)
    if bias_corrected:
        return seen + once * (once - 1) / (2.0 * (twice + 1))
    squared = once * once / (2.0 * twice) if twice else once * (once - 1) / 2.0
    return seen + (n - 1) / n * squared


def good_turing_coverage(counts: Sequence[int]) -> float | None:
    """Return the chance that the next answer is one already seen, in [0, 1], the first way; None of nothing.

    Args:
        counts: Answers in each class.

    References:
        I. J. Good, "The Population Frequencies of Species and the Estimation of Population Parameters", Biometrika
        40(3-4), 237-264 (1953).
    """
    n = sum(counts)
    return 1.0 - _seen(counts, 1) / n if n else None


def coverage(counts: Sequence[int]) -> float | None:
    """Return the chance that the next answer is one already seen, in [0, 1]; None for fewer than two answers.

    Args:
        counts: Answers in each class.

    References:
        A. Chao, L. Jost, "Coverage-Based Rarefaction and Extrapolation: Standardizing Samples by Completeness Rather
        than Size", Ecology 93(12), 2533-2547 (2012), equation 4a.
    """
    n, once = sum(counts), _seen(counts, 1)
    return None if n < 2 else 1.0 - once / n * (1.0 - singleton_detection(counts))  # noqa: PLR2004 - leaves one out


def singleton_detection(counts: Sequence[int]) -> float:
    """Return the mean chance of classes seen once, in (0, 1], as those seen twice tell it; 1 where none is seen once.

    Args:
        counts: Answers in each class, two answers at least.

    References:
        A. Chao, L. Jost, "Coverage-Based Rarefaction and Extrapolation: Standardizing Samples by Completeness Rather
        than Size", Ecology 93(12), 2533-2547 (2012), appendix B; A. Chao, Y. T. Wang, L. Jost, "Entropy and the
        Species Accumulation Curve", Methods in Ecology and Evolution 4(11), 1091-1100 (2013), below equation 7.
    """
    n, once, twice = sum(counts), _seen(counts, 1), _seen(counts, 2)
    if twice:
        return 2.0 * twice / ((n - 1) * once + 2.0 * twice)
    return 2.0 / ((n - 1) * (once - 1) + 2.0) if once else 1.0


def extrapolated_richness(counts: Sequence[int], more: int) -> float | None:
    """Return the expected number of classes after so many more answers; None where that is beyond twice the sample.

    Args:
        counts: Answers in each class.
        more: Further answers, from 0 to as many as there are; beyond, the unseen classes are anybody's guess.

    References:
        A. Chao, N. J. Gotelli, T. C. Hsieh et al., "Rarefaction and Extrapolation with Hill Numbers: A Framework for
        Sampling and Estimation in Species Diversity Studies", Ecological Monographs 84(1), 45-67 (2014), equation 9.
    """
    n, total = sum(counts), chao1(counts)
    if total is None or not 0 <= more <= n:
        return None
    seen, once = sum(count > 0 for count in counts), _seen(counts, 1)
    unseen = total - seen
    return seen + unseen * (1.0 - (1.0 - once / (n * unseen + once)) ** more) if unseen > 0.0 else float(seen)


def _seen(counts: Sequence[int], times: int) -> int:
    return sum(count == times for count in counts)


def _shares(counts: Sequence[int]) -> Shares:
    """Return the shares of the classes that hold anything; shape (classes,)."""
    values = np.asarray([count for count in counts if count], dtype=np.float64)
    return values / values.sum() if len(values) else values
