"""A run's cells, one after the other, to where their answers part: what the command `forks` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalkit.analysis.forks import Forks, fork
from evalkit.nouns import CellOutcomes, Fork, ForkRow

_FORKS = 8
_BRANCHES = 20


def fork_rows(cells: Iterable[CellOutcomes]) -> tuple[ForkRow, ...]:
    """Return where answers part at each temperature, as medians over prompts; cells are read once and not kept."""
    forks = Forks(most=0)
    for cell in cells:
        forks.see(cell)
    return forks.rows()


def fork_trees(cells: Iterable[CellOutcomes]) -> Iterator[Fork]:
    """Yield where the answers of each cell part, in full; cells with fewer than two samples have no tree."""
    for cell in cells:
        found = fork(cell, forks=_FORKS, branches=_BRANCHES)
        if found is not None:
            yield found
