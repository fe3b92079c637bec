"""What k draws from a cell would give, without bias, from one sample of n answers, n at least k.

All of these are U-statistics of order k on class counts: the mean over every way to choose k of the n answers,
counted instead of drawn. Integers are exact, so nothing is lost at any n. Fewer than k answers have no value: None.

Explained in docs/statistics.md, "What k draws would give".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def tar_at_k(counts: Sequence[int], k: int) -> float | None:
    """Return the chance that k draws all agree, in [0, 1]; None for fewer than k answers.

    At k = 2 it is pair agreement.

    Args:
        counts: Answers in each class.
        k: Draws, 1 or more.

    References:
        W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
        Statistics 19(3), 293-325 (1948), for U-statistics. The share of questions with k equal answers in k runs,
        of which this is the unbiased form: B. Atil et al., arXiv 2408.04667 (2024).
    """
    return _share((math.comb(count, k) for count in counts), sum(counts), k)


def distinct_at_k(counts: Sequence[int], k: int) -> float | None:
    """Return the expected number of different answers among k draws, in [1, k]; None for fewer than k answers.

    Args:
        counts: Answers in each class.
        k: Draws, 1 or more.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971).
    """
    return distinct_valid_at_k(counts, [True] * len(counts), k)


def distinct_valid_at_k(counts: Sequence[int], valid: Sequence[bool], k: int) -> float | None:
    """Return the expected number of different valid answers among k draws, in [0, k]; None for fewer than k answers.

    An answer that is not valid is drawn like any other, and counts for nothing.

    Args:
        counts: Answers in each class.
        valid: Whether the answers of the class are valid; as long as `counts`.
        k: Draws, 1 or more.

    References:
        S. H. Hurlbert, "The Nonconcept of Species Diversity: A Critique and Alternative Parameters", Ecology 52(4),
        577-586 (1971); the sum over valid classes only: definition by this project.
    """
    n = sum(counts)
    all_ways = math.comb(n, k)
    met = (all_ways - math.comb(n - count, k) for count, good in zip(counts, valid, strict=True) if good)
    return _share(met, n, k)


def pass_at_k(successes: int, trials: int, k: int) -> float | None:
    """Return the chance that at least one of k tries succeeds, in [0, 1]; None for fewer than k trials.

    Args:
        successes: From 0 to `trials`.
        trials: Tries there were.
        k: Tries, 1 or more.

    References:
        M. Chen et al., "Evaluating Large Language Models Trained on Code", arXiv 2107.03374 (2021), equation 1.
    """
    return _share([math.comb(trials, k) - math.comb(trials - successes, k)], trials, k)


def pass_hat_k(successes: int, trials: int, k: int) -> float | None:
    """Return the chance that all of k tries succeed, in [0, 1]; None for fewer than k trials.

    Args:
        successes: From 0 to `trials`.
        trials: Tries there were.
        k: Tries, 1 or more.

    References:
        S. Yao, N. Shinn, P. Razavi, K. Narasimhan, "tau-bench: A Benchmark for Tool-Agent-User Interaction in
        Real-World Domains", arXiv 2406.12045 (2024), section 3.
    """
    return _share([math.comb(successes, k)], trials, k)


def _share(ways: Iterable[int], n: int, k: int) -> float | None:
    """Return the ways over all ways to choose k of n; a quotient of whole numbers, rounded once."""
    return sum(ways) / math.comb(n, k) if n >= k else None
