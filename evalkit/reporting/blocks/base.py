"""The `@block` decorator: a part of a page, made from what was found.

A part is made of one kind of thing: `Findings` of a run, or a noun such as `Comparison`. It computes
no statistic. It returns None where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evalkit.reporting.view import Block


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes a part of a page."""

    name: str
    """Name of the function, which is the name of its file."""
    accepts: type
    """What it speaks of; of anything else it makes nothing."""
    function: Callable[[Any, Sequence[str] | None], Block | None]
    """What was found, names of the pictures to draw (None for all) -> the part, or None."""

    def __call__(self, found: object, plots: Sequence[str] | None = None) -> Block | None:
        """Return the part; None where it has nothing to say of this."""
        return self.function(found, plots) if isinstance(found, self.accepts) else None


def block(accepts: type) -> Callable[[Callable[[Any, Sequence[str] | None], Block | None]], Maker]:
    """Return a decorator that makes a part of a function ``(found, plots)``.

    Args:
        accepts: What it speaks of.
    """

    def made(function: Callable[[Any, Sequence[str] | None], Block | None]) -> Maker:
        return Maker(function.__name__, accepts, function)

    return made
