"""What is wrong with a suite: where in the file's tree, and what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the top of the file to a value."""

_LONGEST_SHOWN = 40
_LONGEST_PATH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    path: Path
    """Where it is."""
    text: str
    """What is wrong and what was expected, in one line."""
    at_key: bool = False
    """True when the key itself is wrong, not its value."""


class BorderError(Exception):
    """Raised with every problem found in a tree; never leaves this package."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems."""
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problems")


def dotted(path: Path) -> str:
    """Return a path as people write it, such as ``prompts[2].user``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    if not text.isprintable():
        text = repr(text)[1:-1]
    return text if len(text) <= _LONGEST_PATH else f"{text[:_LONGEST_PATH]}…"


def shown(value: Any) -> str:  # noqa: ANN401 - whatever a file may hold
    """Return a value as it may stand in one line: short, control characters escaped."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that comes nearest; None when none comes near."""
    return next(iter(difflib.get_close_matches(word.lower(), sorted(known), n=1)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?``, or what is known when nothing comes near."""
    choices = sorted(known)
    found = near(word, choices)
    return f"; did you mean {found!r}?" if found else f"; known: {', '.join(choices)}"
