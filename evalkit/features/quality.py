"""Quality: how good each sample is, by a metric of single samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.errors import StatisticsError
from evalkit.features.base import feature
from evalkit.nouns import CellOutcomes
from evalkit.nouns.ports import Tools

if TYPE_CHECKING:
    from numpy.typing import NDArray


@feature
def quality(  # noqa: PLR0913 - all but two are keywords with a default
    cells: Sequence[CellOutcomes],
    tools: Tools,
    *,
    quality: str = "validity",
    pattern: str | None = None,
    contains: str | None = None,
    max_words: int | None = None,
    json: bool = False,
    json_schema: dict[str, Any] | None = None,
    check: str | None = None,
) -> list[NDArray[np.float64]]:
    """Return (n,) qualities in [0, 1] for each cell; nan for a sample whose quality does not exist.

    The metric named by `quality` gets those of the other options that it knows.

    References:
        Definition by this project.
    """
    if tools.score is None:
        raise StatisticsError("nothing here can score samples", hint="evalkit.measure brings the way to")
    options: dict[str, Any] = {"pattern": pattern, "contains": contains, "max_words": max_words, "json": json or None}
    options |= {"json_schema": json_schema, "check": check}
    scores = [tools.score(quality, options, found) for found in cells]
    return [np.array([np.nan if value is None else value for value in row], dtype=np.float64) for row in scores]
