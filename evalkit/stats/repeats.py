"""How likely it is that chance alone makes answers equal, or never brings up anything new.

Explained in docs/statistics.md, "Seeds, copies and what never comes up".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from scipy import special

from evalkit.stats.proportion import clopper_pearson
from evalkit.stats.richness import coverage

_SPLITS = 200
_OPEN = 0.95
"""A support whose estimated coverage is below this, with new answers, grows."""


def all_equal_most(repeats: int, *, agreement: float | None = None, commonest: float | None = None) -> float:
    """Return the greatest chance that independent answers of one distribution are all equal, in [0, 1].

    With shares p it is the sum of p to the power of R. That is at most the commonest share to the power of R - 1, and
    at most the agreement, which is the sum of squares, to the power of R/2. The agreement to the power of R - 1 would
    be the least, not the most: it holds for equal shares, and one common answer among rare ones has far more.

    Args:
        repeats: Number of answers, R, 1 or more.
        agreement: Chance that two answers are equal, or an upper bound of it.
        commonest: Chance of the commonest answer, or an upper bound of it.

    References:
        G. H. Hardy, J. E. Littlewood, G. Pólya, "Inequalities", Cambridge University Press (1934), theorem 19, for
        sums of powers; the use of it: definition by this project.
    """
    most = 1.0
    if agreement is not None:
        most = min(most, agreement ** (repeats / 2.0)) if repeats > 1 else most
    if commonest is not None:
        most = min(most, commonest ** (repeats - 1))
    return most


def too_alike(repeats: int, others: Sequence[Hashable]) -> float | None:
    """Return a p-value in (0, 1] for so many equal answers, given answers that came about independently.

    The others have to be drawn from the same distribution, each by a request that no cache has seen: with another
    seed, or with a harmless difference. They bound the chance of their commonest answer from above, with some
    probability of error; that probability is added to the chance that all repeats agree, and the best error is taken.
    As no repeat is compared with the others, the bound is exact at any number of either.

    Args:
        repeats: Equal answers to identical requests.
        others: Answers to requests that differ in what ought not to matter.

    Returns:
        None for fewer than two repeats, or no others.

    References:
        R. L. Berger, D. D. Boos, "P Values Maximized Over a Confidence Set for the Nuisance Parameter", Journal of the
        American Statistical Association 89, 1012-1016 (1994); C. J. Clopper, E. S. Pearson (1934), for the bound.
    """
    if repeats < 2 or not others:  # noqa: PLR2004 - two answers may be equal
        return None
    count, n = max(Counter(others).values()), len(others)
    best = 1.0
    for i in range(1, _SPLITS):
        error = 10.0 ** (-6.0 * i / _SPLITS)
        commonest = clopper_pearson(count, n, level=1.0 - 2.0 * error)[1] if error < 0.5 else 1.0  # noqa: PLR2004
        best = min(best, all_equal_most(repeats, commonest=commonest) + error)
    return best


@dataclass(frozen=True, slots=True)
class SupportGrowth:
    """Whether a higher temperature brings up answers that a lower one does not."""

    low: int
    """Different answers at the lower temperature."""
    high: int
    """Different answers at the higher one."""
    new: int
    """Those at the higher one that did not come up at the lower."""
    once: int
    """Answers that came up once at the higher temperature."""
    coverage: float
    """Estimated chance that the next answer there is one already seen, in [0, 1]."""
    unseen_most: float
    """Upper bound of the chance that an answer there is one that its first half had not brought up, in [0, 1]."""
    closed: bool | None
    """True where nothing new comes up: a fixed number of tokens is kept. False where the support grows. None where it
    could not be told."""
    reason: str | None
    """Why it could not be told."""

    @property
    def kept(self) -> int | None:
        """How many tokens are kept, as it seems; None where the support is not closed."""
        return self.high if self.closed else None


def support_growth(
    low: Sequence[Hashable],
    high: Sequence[Hashable],
    *,
    least_coverage: float = 0.99,
    most_unseen: float = 0.05,
    alpha: float = 0.05,
) -> SupportGrowth | None:
    """Return whether a higher temperature brings up first tokens that a lower one does not; None without draws.

    A softmax gives every token some chance, and at a high temperature no number of draws sees them all: some come up
    once. Where none does, where the second half of the draws has none that the first had not, and where both
    temperatures have the same tokens, a fixed number is kept. The support grows where tokens are new and one draw in
    twenty, as estimated, would bring up yet another.

    Args:
        low: First tokens at a lower temperature, such as 1.
        high: First tokens at a higher one, such as 2, in the order of drawing.
        least_coverage: The least estimated coverage of a closed support.
        most_unseen: The greatest upper bound of what the first half has not seen, of a closed support.
        alpha: Error of that bound, in (0, 1).

    References:
        A. Chao, L. Jost, "Coverage-Based Rarefaction and Extrapolation: Standardizing Samples by Completeness Rather
        than Size", Ecology 93(12), 2533-2547 (2012), for coverage; J. A. Hanley, A. Lippman-Hand (1983), for the bound.
        The rule: definition by this project.
    """
    if len(low) < 2 or len(high) < 2:  # noqa: PLR2004 - coverage takes two
        return None
    seen_low, counts = set(low), Counter(high)
    once, new = sum(count == 1 for count in counts.values()), len(counts.keys() - seen_low)
    covered = coverage(list(counts.values())) or 0.0
    first, second = set(high[: len(high) // 2]), high[len(high) // 2 :]
    outside, n = sum(token not in first for token in second), len(second)
    unseen = 1.0 if outside == n else float(special.betaincinv(outside + 1.0, n - outside, 1.0 - alpha))
    if new > 0 and covered < _OPEN:
        return SupportGrowth(len(seen_low), len(counts), new, once, covered, unseen, False, None)
    closed, reason = _closed(once, new, covered >= least_coverage and unseen <= most_unseen, len(seen_low))
    return SupportGrowth(len(seen_low), len(counts), new, once, covered, unseen, closed, reason)


def draws_for_closed(most_unseen: float = 0.05, alpha: float = 0.05) -> int:
    """Return how many draws at the higher temperature may show a closed support: two halves, one without a surprise.

    References:
        J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", Journal of the American
        Medical Association 249(13), 1743-1745 (1983).
    """
    return 2 * math.ceil(math.log(alpha) / math.log1p(-most_unseen))


def _closed(once: int, new: int, complete: bool, n_low: int) -> tuple[bool | None, str | None]:  # noqa: FBT001
    """Return whether a support is closed, or why it could not be told."""
    if once > 0:
        return None, f"{once} came up once: more draws would tell whether others follow"
    if not complete:
        return None, "none came up once, but too few were drawn to say that nothing else comes up"
    if new > 0:
        return None, f"as it seems all have come up, but {new} of them not among the {n_low} at the lower temperature"
    return True, None
