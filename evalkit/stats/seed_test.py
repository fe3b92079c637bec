"""Whether answers under one label, such as a seed, are more alike than answers under different ones.

Explained in docs/statistics.md, "Seeds, copies and what never comes up".
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.permutation import DRAWS, MOST_ARRANGEMENTS, PermutationTest, upper_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

Labelled = Sequence[tuple[Hashable, Hashable]]
"""Answers to one question: the label of each, such as its seed, and what was answered."""


@dataclass(frozen=True, slots=True)
class LabelTest:
    """How alike answers are under one label and under different ones."""

    same: float | None
    """Share of equal pairs among those of one label, in [0, 1], the mean over questions; None without such pairs."""
    different: float | None
    """Share of equal pairs among those of different labels, over the same questions; None without such pairs."""
    n_same: int
    """Pairs of one label."""
    n_different: int
    """Pairs of different labels."""
    test: PermutationTest | None
    """One-sided, over exchanges of labels within questions; None where nothing could be told."""
    reason: str | None
    """Why there is no test; None when there is one."""


def label_test(questions: Sequence[Labelled], rng: np.random.Generator) -> LabelTest:
    """Return whether answers of one label are more alike than those of different labels.

    The statistic is the share of equal pairs of one label less that of different labels, as a mean over questions. If
    labels meant nothing they could be exchanged among the answers to a question, and the p-value is the share of such
    exchanges with a statistic as large. The label may be a seed; or, for copies from a cache, whether a request was
    the same to the letter as another, where each request that was made different is a label of its own.

    Args:
        questions: Labelled answers to each. One without a label that repeats, or with a single label, is left out.
        rng: Draws the exchanges where they are too many to count.

    References:
        N. Mantel, "The Detection of Disease Clustering and a Generalized Regression Approach", Cancer Research 27(2),
        209-220 (1967), for pairs under exchanged labels; B. Phipson, G. K. Smyth, "Permutation P-Values Should Never Be
        Zero", Statistical Applications in Genetics and Molecular Biology 9(1), article 39 (2010).
    """
    tables = [table for table in map(_tables, questions) if table is not None]
    if not tables:
        return LabelTest(None, None, 0, 0, None, "no question has both: answers of one label, and of different ones")
    same = float(np.mean([_share(equal, own) for equal, own in tables]))
    other = float(np.mean([_share(equal, _others(own)) for equal, own in tables]))
    n_same = sum(int(own.sum()) for _, own in tables) // 2
    n_other = sum(int(_others(own).sum()) for _, own in tables) // 2
    if other == 1.0 and same == 1.0:
        return LabelTest(same, other, n_same, n_other, None, "all answers are equal, whatever their label")
    null, exact = _null(tables, rng)
    return LabelTest(same, other, n_same, n_other, upper_sided(same - other, null, exact=exact), None)


def _tables(labelled: Labelled) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return which pairs of answers are equal, and which have one label; None where one kind of pairs is missing."""
    answers, labels = _numbers([text for _, text in labelled]), _numbers([label for label, _ in labelled])
    equal = (answers[:, None] == answers[None, :]).astype(np.float64)
    own = (labels[:, None] == labels[None, :]).astype(np.float64)
    np.fill_diagonal(own, 0.0)
    return (equal, own) if own.any() and _others(own).any() else None


def _numbers(values: Sequence[Hashable]) -> NDArray[np.intp]:
    places: dict[Hashable, int] = {}
    return np.array([places.setdefault(value, len(places)) for value in values], dtype=np.intp)


def _others(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which pairs have different labels."""
    return 1.0 - own - np.eye(len(own))


def _share(equal: NDArray[np.float64], pairs: NDArray[np.float64]) -> float:
    return float((equal * pairs).sum() / pairs.sum())


def _difference(equal: NDArray[np.float64], own: NDArray[np.float64]) -> float:
    return _share(equal, own) - _share(equal, _others(own))


def _null(
    tables: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], rng: np.random.Generator
) -> tuple[NDArray[np.float64], bool]:
    """Return the statistic under exchanges of labels, and whether those are all of them."""
    if len(tables) == 1:
        equal, own = tables[0]
        members = np.flatnonzero(own.any(axis=1))
        one_group = bool(own[np.ix_(members, members)].sum() == len(members) * (len(members) - 1))
        if one_group and math.comb(len(own), len(members)) <= MOST_ARRANGEMENTS:
            # One label repeats: an exchange is a choice of the answers that have it.
            chosen = np.array(list(combinations(range(len(own)), len(members))))
            inside = equal[chosen[:, :, None], chosen[:, None, :]].sum(axis=(1, 2)) - len(members)
            all_ = equal.sum() - len(own)
            return inside / own.sum() - (all_ - inside) / _others(own).sum(), True
    drawn = np.zeros(DRAWS)
    for equal, own in tables:
        n_own, n_other, all_ = own.sum(), _others(own).sum(), equal.sum() - len(own)
        for i in range(DRAWS):
            order = rng.permutation(len(own))
            inside = float((equal[np.ix_(order, order)] * own).sum())
            drawn[i] += inside / n_own - (all_ - inside) / n_other
    return drawn / len(tables), False
