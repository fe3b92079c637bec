"""What was made of a text, kept while the texts of a prompt are measured: metrics ask for the same again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

R = TypeVar("R")

MOST_LETTERS = 64_000_000
"""Letters of texts of which one thing is kept; with more it begins anew."""


class Emptied(Protocol):
    """What can be emptied."""

    def clear(self) -> None:
        """Keep nothing."""


class Remembered(Generic[R]):
    """A function of a text, and of options beside it, that is asked once for each text."""

    def __init__(self, function: Callable[..., R], *, most: int = MOST_LETTERS) -> None:
        """Remember nothing yet.

        Args:
            function: Makes something of a text and of options that are keys; it never changes its mind.
            most: Letters of the texts that are remembered.
        """
        self._function, self._most = function, most
        self._made: dict[Any, R] = {}
        self._letters = 0
        until_forgotten(self)

    def __call__(self, text: str, *options: Any) -> R:  # noqa: ANN401 - those of the function
        """Return what the function makes of a text."""
        key = (text, *options) if options else text
        try:
            return self._made[key]
        except KeyError:
            made = self._function(text, *options)
        if len(text) <= self._most:
            if self._letters + len(text) > self._most:
                self.clear()
            self._letters += len(text)
            self._made[key] = made
        return made

    def clear(self) -> None:
        """Keep nothing."""
        self._made.clear()
        self._letters = 0


def until_forgotten(what: Emptied) -> None:
    """Have something emptied when texts are forgotten.

    Args:
        what: Lives as long as the process.
    """
    _kept.append(what)


def forget() -> None:
    """Keep nothing of any text: the next ones are another prompt's."""
    for each in _kept:
        each.clear()


_kept: list[Emptied] = []
