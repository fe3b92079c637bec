"""Whether sampled tokens came up as their reported probabilities say, and what was cut if they did not.

Explained in docs/statistics.md, "Is what is reported what is sampled?".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from evalkit.stats.effective_temperature import Position
from evalkit.stats.student import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAIL = 0.9
"""Tokens beyond this share of the probability are the unlikely ones."""
_LEAST = 5
"""Fewest tokens for a test."""


class Cut(Enum):
    """By what a truncation chooses the tokens it keeps."""

    MASS = "top-p"
    """By the probability of all tokens that are likelier."""
    RANK = "top-k"
    """By how many tokens are likelier."""
    RATIO = "min-p"
    """By the probability relative to the likeliest token's."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether sampled tokens are spread as their probabilities say."""

    u: tuple[float, ...]
    """(n,) in [0, 1]: the share of probability before each sampled token, the likeliest first, and a random part of its
    own. Uniform where tokens come up as reported."""
    distance: float
    """Kolmogorov's distance from uniform, in [0, 1]."""
    p_uniform: float
    """That they are uniform, by that distance."""
    beyond: int
    """How many are in the tail."""
    p_tail: float
    """One-sided, that as few are in the tail where it is not thinned."""
    p_value: float
    """The less of the two, times two."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """What was cut, if anything was."""

    cut: Cut
    """By what."""
    observed: float
    """What every sampled token stays inside of: the most mass before one, the worst rank from 1, the least ratio."""
    p_value: float
    """In [0, 1]: the chance that all would stay inside of it if nothing were cut. Exact at a known temperature."""
    ends: Ends
    """The thresholds under which the chance would not be small: top-p, top-k or min-p."""
    n: int
    """Tokens behind it."""


def pit_bounds(logprobs: Sequence[float], *, exponent: float = 1.0) -> tuple[Ends, ...]:
    """Return for each token the shares of probability before it and up to it, the likeliest token first.

    Args:
        logprobs: (k,) of the reported tokens.
        exponent: Reported probabilities are raised to it: their temperature over that of sampling.

    Returns:
        (k,) pairs in [0, 1], in the order given.

    References:
        J. B. Brockwell, "Universal Residuals: A Multivariate Transformation", Statistics & Probability Letters 77(14),
        1473-1478 (2007), for the transform of discrete values.
    """
    shares, before = ranked(np.asarray(logprobs, dtype=np.float64)[None, :], exponent)
    return tuple((float(low), float(low + own)) for low, own in zip(before[0], shares[0], strict=True))


def calibration(
    positions: Sequence[Position], rng: np.random.Generator, *, exponent: float = 1.0
) -> Calibration | None:
    """Return whether sampled tokens are spread as their probabilities say; None for fewer than five.

    Given that a token is among those reported, its place in their probability is uniform if it was sampled at this
    temperature and nothing was cut. Another temperature bends the distribution, which Kolmogorov's distance sees; a
    truncation empties its end, which the tail sees.

    Args:
        positions: Reported log-probabilities, and which token was sampled.
        rng: Draws the random part.
        exponent: Reported probabilities are raised to it: their temperature over that of sampling.

    References:
        A. P. Dawid, "Statistical Theory: The Prequential Approach", Journal of the Royal Statistical Society A 147(2),
        278-292 (1984), for one forecast after another; M. A. Stephens, "Use of the Kolmogorov-Smirnov, Cramér-von Mises
        and Related Statistics Without Extensive Tables", Journal of the Royal Statistical Society B 32(1), 115-122
        (1970), for the p-value of the distance. Bonferroni's inequality joins the two.
    """
    logs, sampled = tables(positions)
    if len(logs) < _LEAST:
        return None
    shares, before = ranked(logs, exponent)
    rows = np.arange(len(logs))
    u = before[rows, sampled] + rng.random(len(logs)) * shares[rows, sampled]
    n, ordered = len(u), np.sort(u)
    distance = float(max((np.arange(1, n + 1) / n - ordered).max(), (ordered - np.arange(n) / n).max()))
    root = math.sqrt(n)
    p_uniform = float(special.kolmogorov((root + 0.12 + 0.11 / root) * distance))
    beyond = int((u > TAIL).sum())
    p_tail = float(special.bdtr(beyond, n, 1.0 - TAIL))
    joint = min(1.0, 2.0 * min(p_uniform, p_tail))
    return Calibration(tuple(u.tolist()), distance, p_uniform, beyond, p_tail, joint)


def truncation(
    positions: Sequence[Position],
    cut: Cut,
    *,
    exponent: float = 1.0,
    chosen_at: float | None = None,
    level: float = 0.95,
) -> Truncation | None:
    """Return how far out sampled tokens go, and whether chance alone would keep them there; None for fewer than five.

    The tokens that a threshold keeps hold more of the probability the wider it is. Where nothing is cut, the chance
    that every token is one of those inside is the product of what they hold; where a threshold cuts, it is that product
    over that of what the threshold keeps. So both the test and the interval are exact at a known temperature.

    Args:
        positions: Reported log-probabilities, and which token was sampled.
        cut: By what tokens are kept.
        exponent: Reported probabilities are raised to it: their temperature over that of sampling.
        chosen_at: The exponent at which tokens are kept, where that is before the temperature; by default the same.
        level: Of the interval, in (0, 1).

    References:
        C. J. Clopper, E. S. Pearson (1934), for the interval from a test of each threshold; the statistics: definition
        by this project.
    """
    logs, sampled = tables(positions)
    if len(logs) < _LEAST:
        return None
    shares, _ = ranked(logs, exponent)
    scores = reaches(logs, cut, exponent if chosen_at is None else chosen_at)
    rows = np.arange(len(logs))
    furthest = float(scores[rows, sampled].max())

    def log_kept(threshold: float) -> float:
        kept = np.where(scores <= threshold, shares, 0.0).sum(axis=1)
        return float(np.log(np.maximum(kept, 1e-300)).sum())

    all_inside = log_kept(furthest)
    # The widest threshold under which staying inside is no surprise; it keeps the same tokens up to the next score.
    tried = np.unique(scores[np.isfinite(scores) & (scores >= furthest)])
    low, high = 0, len(tried)
    while low < high:
        middle = (low + high) // 2
        wide_enough = all_inside - log_kept(float(tried[middle])) < math.log(1.0 - level)
        low, high = (low, middle) if wide_enough else (middle + 1, high)
    widest = math.inf if low == len(tried) else float(tried[low] if cut is not Cut.RANK else tried[low] - 1.0)
    ends = sorted((_threshold(cut, furthest), _threshold(cut, widest)))
    return Truncation(cut, _threshold(cut, furthest), min(1.0, math.exp(all_inside)), (ends[0], ends[1]), len(logs))


def within(positions: Sequence[Position], cut: Cut) -> tuple[Position, ...]:
    """Return the same places with those tokens alone that are no further out than any sampled one.

    Where a top-k or a min-p was found, the temperature from these is the right one: what is left of the odds is
    untouched. A top-p hangs on the temperature itself, and is left to the core of `truncation_gap`.

    Args:
        positions: Reported log-probabilities, and which token was sampled.
        cut: By what tokens are kept; not by mass.

    Raises:
        ValueError: Tokens are kept by mass.

    References:
        D. McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", Frontiers in Econometrics, 105-142
        (1974): the odds of tokens do not hang on those that are left out. The use of it: definition by this project.
    """
    if cut is Cut.MASS:
        raise ValueError("which tokens a top-p keeps hangs on the temperature; use the core of truncation_gap")
    logs, sampled = tables(positions)
    if len(logs) == 0:
        return ()
    scores = reaches(logs, cut, 1.0)
    inside = scores <= scores[np.arange(len(logs)), sampled].max()
    return tuple(
        Position(row[kept].tolist(), int(kept[:place].sum()))
        for row, kept, place in zip(logs, inside, sampled, strict=True)
    )


def _threshold(cut: Cut, score: float) -> float:
    """Return the threshold that a score stands for."""
    if cut is Cut.RATIO:
        return math.exp(-score)
    return min(score, 1.0) if cut is Cut.MASS else score


def reaches(logs: NDArray[np.float64], cut: Cut, exponent: float) -> NDArray[np.float64]:
    """Return how far out tokens are (n, k): those that a threshold keeps are no further than it.

    References:
        Definition by this project.
    """
    order = np.argsort(-logs, axis=1, kind="stable")
    if cut is Cut.RATIO:
        found: NDArray[np.float64] = exponent * (logs.max(axis=1, keepdims=True) - logs)
        return found
    if cut is Cut.RANK:
        ranks = np.broadcast_to(np.arange(1.0, logs.shape[1] + 1.0), logs.shape)
        found = np.empty_like(logs)
        np.put_along_axis(found, order, ranks, axis=1)
        return np.where(np.isfinite(logs), found, np.inf)
    shares, before = ranked(logs, exponent)
    # As reported, the mass of all tokens is known; at another exponent that of the reported ones has to do.
    whole = np.exp(logs).sum(axis=1, keepdims=True) if exponent == 1.0 else np.ones((len(logs), 1))
    return np.where(shares > 0.0, before * np.minimum(whole, 1.0), np.inf)


def ranked(logs: NDArray[np.float64], exponent: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of tokens (n, k), and those of all that are likelier.

    References:
        Definition by this project.
    """
    raised = np.exp(exponent * (logs - logs.max(axis=1, keepdims=True)))
    shares = raised / raised.sum(axis=1, keepdims=True)
    order = np.argsort(-logs, axis=1, kind="stable")
    sorted_ = np.take_along_axis(shares, order, axis=1)
    before = np.empty_like(shares)
    np.put_along_axis(before, order, np.cumsum(sorted_, axis=1) - sorted_, axis=1)
    return shares, before


def tables(positions: Sequence[Position]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return log-probabilities (n, k), minus infinity where there is no token, and the places of the sampled ones.

    References:
        Definition by this project.
    """
    told = [p for p in positions if len(p.logprobs) > 1 and math.isfinite(p.logprobs[p.sampled])]
    logs = np.full((len(told), max((len(p.logprobs) for p in told), default=0)), -np.inf)
    for i, position in enumerate(told):
        logs[i, : len(position.logprobs)] = position.logprobs
    return logs, np.array([p.sampled for p in told], dtype=np.intp)
