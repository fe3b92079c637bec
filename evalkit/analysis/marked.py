"""Answers at temperature 0 by the configuration that the server named: is it a mixture of servers that differs?

Explained in docs/statistics.md, "The floor".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evalkit.nouns import Estimate, FingerprintSplit, Interval
from evalkit.stats.effective import bounded_interval
from evalkit.stats.marks import Agreement, Marked, agreement_by_mark, mark_test
from evalkit.stats.streams import stream


def split(groups: Sequence[Sequence[Marked]], *, seed: int, level: float = 0.95) -> FingerprintSplit | None:
    """Return agreement of pairs by whether their fingerprints are the same; None where there are not two of these.

    Args:
        groups: For each prompt its cells at temperature 0, as text and fingerprint of each sample that has one.
        seed: Seed of the analysis.
        level: Level of the intervals, in (0, 1).
    """
    named = {mark for group in groups for cell in group for _, mark in cell}
    if len(named) < 2:  # noqa: PLR2004 - a mixture takes two
        return None
    cells = [[found for cell in group if (found := agreement_by_mark(cell)) is not None] for group in groups]
    known = [group for group in cells if group]
    same = [_mean([cell.same for cell in group]) for group in known]
    different = [_mean([cell.different for cell in group]) for group in known]
    test = mark_test(groups, stream(seed, "fingerprints"))
    n_samples = sum(len(cell) for group in groups for cell in group if agreement_by_mark(cell) is not None)
    return FingerprintSplit(
        n_fingerprints=len(named),
        n_same=_count(known, "n_same"),
        n_different=_count(known, "n_different"),
        same=_estimate(same, n_samples, level),
        different=_estimate(different, n_samples, level),
        difference=_mean(same) - _mean(different) if known else None,
        p_value=None if test is None else test.p_value,
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _count(groups: Sequence[Sequence[Agreement]], name: str) -> int:
    return sum(getattr(cell, name) for group in groups for cell in group)


def _estimate(values: Sequence[float], n_samples: int, level: float) -> Estimate:
    n = len(values)
    interval, undefined = None, None
    if not n:
        method, undefined = "none: there is no value", "no cell holds pairs of both kinds"
    elif n == 1:
        method = "none: one prompt tells nothing of others"
    elif len(set(values)) == 1:
        method = "none: all prompts give the same value, and nothing is known of their spread"
    else:
        variance = float(np.var(values, ddof=1)) / n
        low, high = bounded_interval(_mean(values), variance, n - 1, bounds=(0.0, 1.0), level=level)
        interval = Interval(low=low, high=high, level=level)
        method = f"Jeffreys interval at the effective number of trials, from the spread over {n} prompts"
    return Estimate(
        value=_mean(values) if n else None,
        interval=interval,
        n_prompts=n,
        n_samples=n_samples,
        method=method,
        undefined=undefined,
        unit="share",
    )
