"""Do answers agree less where they bear different marks? Pairs of the same mark against pairs of different ones.

Explained in docs/statistics.md, "The floor".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.stats.permutation import PermutationTest, two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1_999
"""Arrangements sampled; the least p-value is then 1/2,000."""
_AT_ONCE = 2_000_000  # samples in all arrangements that are held at a time

Marked: TypeAlias = "Sequence[tuple[Hashable, Hashable]]"
"""Answer and mark of each sample of a cell."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often pairs of a cell are equal, by whether their marks are."""

    same: float
    """Share of the pairs with the same mark that are equal."""
    different: float
    """Share of the pairs with different marks that are equal."""
    n_same: int
    """Pairs with the same mark, above 0."""
    n_different: int
    """Pairs with different marks, above 0."""


def agreement_by_mark(cell: Marked) -> Agreement | None:
    """Return how often pairs of a cell are equal, by whether their marks are; None where one kind has no pair.

    References:
        Definition by this project.
    """
    n_pairs = len(cell) * (len(cell) - 1) // 2
    equal, n_same, both = (_equal_pairs(kind) for kind in ((t for t, _ in cell), (m for _, m in cell), cell))
    if not n_same or n_same == n_pairs:
        return None
    return Agreement(both / n_same, (equal - both) / (n_pairs - n_same), n_same, n_pairs - n_same)


def mark_test(groups: Sequence[Sequence[Marked]], rng: np.random.Generator) -> PermutationTest | None:
    """Return the test that marks mean nothing: they change places within their cell.

    The statistic is the mean over groups of the mean over their cells of same minus different. It has mean 0 when
    marks mean nothing, whatever cells differ in.

    Args:
        groups: The cells of each prompt; those in which one kind has no pair are passed over.
        rng: Draws the arrangements.

    Returns:
        The test, of two sides; None where no cell has both kinds of pairs.

    References:
        R. A. Fisher, "The Design of Experiments", Oliver & Boyd (1935), chapter III, for permutation within blocks;
        the statistic: definition by this project.
    """
    kept = [[cell for cell in group if agreement_by_mark(cell) is not None] for group in groups]
    kept = [group for group in kept if group]
    if not kept:
        return None
    observed, null = 0.0, np.zeros(DRAWS)
    for group in kept:
        for cell in group:
            weight = 1.0 / (len(kept) * len(group))
            now, drawn = _differences(cell, rng)
            observed += weight * now
            null += weight * drawn
    return two_sided(observed, null, exact=False)


def _differences(cell: Marked, rng: np.random.Generator) -> tuple[float, NDArray[np.float64]]:
    """Return same minus different as it is, and (DRAWS,) the same with marks in other places."""
    texts, marks = _codes([text for text, _ in cell]), _codes([mark for _, mark in cell])
    n_texts, n_marks = int(texts.max()) + 1, int(marks.max()) + 1
    n_pairs, n_same = len(cell) * (len(cell) - 1) // 2, _pairs(np.bincount(marks)).sum()
    equal = _pairs(np.bincount(texts)).sum()

    def difference(both: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(both / n_same - (equal - both) / (n_pairs - n_same), dtype=np.float64)

    found = []
    step = max(1, _AT_ONCE // len(cell))
    for start in range(0, DRAWS, step):
        rows = min(step, DRAWS - start)
        moved = rng.permuted(np.tile(marks, (rows, 1)), axis=1)
        # A table of all answers by all marks may be huge and empty: what is there is sorted and counted instead.
        places = (np.arange(rows)[:, None] * n_texts + texts) * n_marks + moved
        there, counts = np.unique(places, return_counts=True)
        sums = np.bincount(there // (n_texts * n_marks), weights=_pairs(counts), minlength=rows)
        found.append(np.rint(sums).astype(np.int64))
    now = np.array([_equal_pairs(cell)], dtype=np.int64)
    return float(difference(now)[0]), difference(np.concatenate(found))


def _equal_pairs(values: Iterable[Hashable]) -> int:
    """Return how many pairs of values are equal."""
    return sum(n * (n - 1) // 2 for n in Counter(values).values())


def _codes(values: Sequence[Hashable]) -> NDArray[np.int64]:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)


def _pairs(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return counts * (counts - 1) // 2
