"""Where answers part: the tree of word prefixes of a cell, and medians over prompts by temperature."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from evalkit.nouns import Branch, CellOutcomes, Fork, ForkNode, ForkRow
from evalkit.text.prefixes import beginnings, common_prefix, median_shared, units_of

MOST_TREES = 30
"""Trees that are kept: those of the first prompts, each at every temperature."""
MOST_FORKS = 4
"""Forks one behind the other that a tree follows."""
MOST_BRANCHES = 6
"""Branches of a fork that a tree shows."""
FIRST_WORDS = 8
"""Words of a branch that a tree shows."""
_LAST_WORDS = 12
_MOST_LETTERS = 40
_LEAST_SHARE = 0.1

_Words: TypeAlias = tuple[str, ...]
_Group: TypeAlias = Sequence[tuple[_Words, int]]
"""Different texts in order, each with how often it came."""


def fork(outcomes: CellOutcomes, *, forks: int = MOST_FORKS, branches: int = MOST_BRANCHES) -> Fork | None:
    """Return where a cell's answers part; None where it holds fewer than two samples.

    Words are what stands between white space, one character each in scripts written without blanks. A text that ends
    where another goes on is a branch of its own, without words. A branch is followed when two samples take it and a
    tenth of the cell's.

    Args:
        outcomes: The cell.
        forks: Forks one behind the other that are followed.
        branches: Branches that are kept of each, the commonest.
    """
    group = beginnings(units_of([sample.text for sample in outcomes.samples])).told
    n = len(outcomes.samples)
    if n < 2:  # noqa: PLR2004 - a pair
        return None
    shared = _shared(group)
    beginning = group[0][0][:shared]
    return Fork(
        prompt_id=outcomes.cell.prompt.id,
        temperature=outcomes.cell.temperature,
        n_samples=n,
        beginning=_text(beginning[-_LAST_WORDS:]),
        n_shared=shared,
        shortened=shared > _LAST_WORDS,
        root=_node(group, shared, n, forks, branches) if len(group) > 1 else None,
    )


def shared_words(outcomes: CellOutcomes) -> float:
    """Return the median over pairs of samples of the words before the two part; infinite where half never do.

    Args:
        outcomes: A cell of two samples or more.
    """
    return median_shared(units_of([sample.text for sample in outcomes.samples]))


def _node(group: _Group, position: int, n: int, forks: int, most: int) -> ForkNode:
    ways: defaultdict[str | None, list[tuple[_Words, int]]] = defaultdict(list)
    for each in group:
        ways[each[0][position] if len(each[0]) > position else None].append(each)
    # An end stands behind what is as common; the rest by words, so that the order is the same each time.
    ordered = sorted(ways.items(), key=lambda way: (-_samples(way[1]), way[0] is None, way[0] or ""))
    return ForkNode(
        position=position,
        n_branches=len(ordered),
        branches=tuple(_branch(taken, position, n, forks, most) for _, taken in ordered[:most]),
    )


def _branch(group: _Group, position: int, n: int, forks: int, most: int) -> Branch:
    shared, count = _shared(group), _samples(group)
    words = group[0][0][position:shared]
    followed = len(group) > 1 and forks > 1 and count >= max(2, _LEAST_SHARE * n)
    return Branch(
        words=_text(words[:FIRST_WORDS]),
        n=count,
        share=count / n,
        shortened=len(words) > FIRST_WORDS,
        fork=_node(group, shared, n, forks - 1, most) if followed else None,
        parts=len(group) > 1,
    )


def _shared(group: _Group) -> int:
    """Return how many words all share: in sorted order the first and the last differ the most."""
    return common_prefix(group[0][0], group[-1][0]) if len(group) > 1 else len(group[0][0])


def _samples(group: _Group) -> int:
    return sum(n for _, n in group)


def _text(words: Sequence[str]) -> str:
    return " ".join(word if len(word) <= _MOST_LETTERS else f"{word[: _MOST_LETTERS - 1]}…" for word in words)


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is remembered of a cell."""

    n: int
    position: float
    shared: float
    branches: int
    largest: float


class Forks:
    """Forks by temperature, from cells seen once and not kept but for a few trees."""

    def __init__(self, *, n_temperatures: int = 1, most: int = MOST_TREES) -> None:
        """Remember how many prompts' trees there is room for.

        Args:
            n_temperatures: Cells of a prompt.
            most: Trees to keep.
        """
        self._most_prompts = max(1, most // max(1, n_temperatures))
        self._shown: dict[str, None] = {}
        self._trees: list[Fork] = []
        self._of_prompts: defaultdict[float, list[_Cell]] = defaultdict(list)

    def see(self, outcomes: CellOutcomes) -> None:
        """Add one cell; cells with fewer than two samples do not count."""
        kept = outcomes.cell.prompt.id in self._shown or len(self._shown) < self._most_prompts
        found = fork(outcomes, forks=MOST_FORKS if kept else 1)
        if found is None:
            return
        if kept:
            self._shown[found.prompt_id] = None
            self._trees.append(found)
        root = found.root
        self._of_prompts[found.temperature].append(
            _Cell(
                n=found.n_samples,
                position=math.inf if root is None else root.position,
                shared=shared_words(outcomes),
                branches=found.n_branches,
                largest=1.0 if root is None else root.branches[0].share,
            )
        )

    def trees(self) -> tuple[Fork, ...]:
        """Return the trees of the first prompts, in the order in which they were seen."""
        return tuple(self._trees)

    def rows(self) -> tuple[ForkRow, ...]:
        """Return medians over prompts, by ascending temperature.

        A prompt whose samples never part counts as one that parts later than any other: leaving it out would show
        where the unsteady prompts part, as if they were all.
        """
        return tuple(_row(temperature, cells) for temperature, cells in sorted(self._of_prompts.items()))


def _row(temperature: float, cells: list[_Cell]) -> ForkRow:
    position = statistics.median(cell.position for cell in cells)
    shared = statistics.median(cell.shared for cell in cells)
    forking = [cell for cell in cells if cell.position < math.inf]
    never = f"{len(cells) - len(forking)} of {len(cells)} prompts never part"
    missing = (
        never if position == math.inf else "half of the pairs or more are the same" if shared == math.inf else None
    )
    return ForkRow(
        temperature=temperature,
        shared=None if shared == math.inf else shared,
        position=None if position == math.inf else position,
        undefined=missing,
        branches=statistics.median(cell.branches for cell in forking) if forking else None,
        largest=statistics.median(cell.largest for cell in forking) if forking else None,
        n_forking=len(forking),
        n_prompts=len(cells),
        least_samples=min(cell.n for cell in cells),
        most_samples=max(cell.n for cell in cells),
    )
