"""The decorator that makes a feature of a function: data derived from samples, for metrics that ask for it by name.

A feature sees all cells of one prompt at once, so that what it learns from the texts, such as the weights of words, is
the same at every temperature. Its file, function and name are one; its options are its keyword-only parameters, and
become options of the metrics that need it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from evalkit.nouns import JSON, CellOutcomes
from evalkit.nouns.ports import Tools

Rows: TypeAlias = Any
"""One entry for each sample of a cell, such as the rows of an array."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A function of a prompt's cells, with its options."""

    name: str
    """File name of the feature, such as ``vectors``."""
    function: Callable[..., Sequence[Rows]]
    """Cells of one prompt, tools, options -> rows for each cell, in the same order."""
    defaults: tuple[tuple[str, JSON], ...]
    """Its options with their default values, sorted by name."""
    check: Callable[[Mapping[str, JSON]], None] | None = None
    """All its options -> nothing, or a UsageError where they do not fit together; None for options that always do."""

    def __call__(self, cells: Sequence[CellOutcomes], tools: Tools, **options: JSON) -> Sequence[Rows]:
        """Return the rows of each cell."""
        return self.function(cells, tools, **options)


def feature(
    function: Callable[..., Sequence[Rows]], *, check: Callable[[Mapping[str, JSON]], None] | None = None
) -> Feature:
    """Return the feature that a function makes.

    Args:
        function: Cells of one prompt, tools, options -> rows for each cell.
        check: Raises UsageError where its options, all of them, do not fit together; asked before anything is sampled.
    """
    options = [found for found in inspect.signature(function).parameters.values() if found.kind is found.KEYWORD_ONLY]
    defaults = tuple(sorted((found.name, found.default) for found in options))
    return Feature(function.__name__, function, defaults, check)
