"""Where the answers of a cell part: a tree of word prefixes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Samples that go on alike from a fork."""

    words: str
    """Their first words from the fork on, as many as are shown; empty where the text ends at the fork."""
    n: int
    """Samples that take it."""
    share: float
    """Their share of all samples of the cell, in (0, 1]."""
    shortened: bool = False
    """Whether more words follow before they part again, or end."""
    fork: ForkNode | None = None
    """Where they part again; None where they do not, or are not followed any further."""
    parts: bool = False
    """Whether they part again, followed or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkNode:
    """A place at which samples part."""

    position: int
    """Words from the beginning that all who come here share."""
    n_branches: int
    """Ways on, an end of the text among them; 2 or more."""
    branches: tuple[Branch, ...]
    """The commonest of them, commonest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Where the answers of one cell part, and part again."""

    prompt_id: str
    """The prompt."""
    temperature: float
    """Where."""
    n_samples: int
    """Samples of the cell."""
    beginning: str
    """The last of the words that all samples share; empty where they share none."""
    n_shared: int
    """How many words all samples share."""
    shortened: bool
    """Whether the beginning has words before those."""
    root: ForkNode | None = None
    """The first fork; None where all samples are the same words."""

    @property
    def position(self) -> int | None:
        """Words before the first fork; None where there is none."""
        return None if self.root is None else self.root.position

    @property
    def n_branches(self) -> int:
        """Ways on from the first fork; 1 where there is none."""
        return 1 if self.root is None else self.root.n_branches


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkRow:
    """Where answers part at one temperature, as medians over prompts."""

    temperature: float
    """Where."""
    shared: float | None
    """Median over prompts of the median over pairs of samples of the words before the two part; None where half of it
    all never part. It does not move with the number of samples."""
    position: float | None
    """Median over prompts of the words before the first fork; None where half of the prompts or more have none."""
    undefined: str | None
    """Why there is no position, or no number of shared words; None when there are both."""
    branches: float | None
    """Median number of ways on from it, over the prompts that fork; None where none does."""
    largest: float | None
    """Median share of the samples that take the commonest way, in (0, 1), over the same; None where none does."""
    n_forking: int
    """Prompts whose samples part."""
    n_prompts: int
    """Prompts with at least two samples."""
    least_samples: int
    """Samples of the cell that has the fewest: more samples part earlier."""
    most_samples: int
    """Samples of the cell that has the most."""
