"""One line of the table: what was asked for, what came, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table."""

    number: str
    """Of the step, such as P1."""
    what: str
    """What was done."""
    asked: str
    """The figure asked for."""
    got: str
    """The figure that came."""
    passed: bool | None
    """Whether it is enough; None where it was not run."""

    @property
    def verdict(self) -> str:
        """The word for it."""
        return "not run" if self.passed is None else "passed" if self.passed else "FAILED"


Step: TypeAlias = Callable[[Sequence[int]], list[Line]]
"""A step of the drill: seeds in, lines out."""


def counted(number: int, one: str, more: str | None = None) -> str:
    """Return a number with the word for it."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
