"""Vectors: texts as points, so that the angle between two says how much they share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.errors import StatisticsError
from evalkit.features.base import feature
from evalkit.features.tfidf import MOST_PLAIN, tfidf_rows
from evalkit.nouns import CellOutcomes
from evalkit.nouns.ports import Tools
from evalkit.stats.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


@feature
def vectors(cells: Sequence[CellOutcomes], tools: Tools) -> list[NDArray[np.float64] | Rows]:
    """Return (n, d) rows of length 1 for each cell: of the embedder, else TF-IDF weights fitted over all samples.

    A text without a visible character has no direction: its row is zeros, whatever an embedder says of it. Rows are
    scaled in double precision, since near-equal rows would lose their difference otherwise. Above a thousand
    samples each different row is held once, TF-IDF weights without their zeros; `numpy.asarray` gives all of them.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
    """
    texts = [sample.text for found in cells for sample in found.samples]
    rows = tfidf_rows(texts) if tools.embedder is None else _embedded(texts, tools)
    ends = [0, *accumulate(len(found.samples) for found in cells)]
    return [rows[start:end] for start, end in pairwise(ends)]


def _checked(given: Any, n: int, name: str) -> NDArray[np.float64]:  # noqa: ANN401 - an embedder is anybody's code
    try:
        rows = np.asarray(given, dtype=np.float64)
    except (ValueError, TypeError):
        rows = np.zeros(0)
    if rows.ndim != 2 or len(rows) != n or not np.isfinite(rows).all():  # noqa: PLR2004 - rows of numbers
        hint = "an embedder returns an array of shape (texts, dimensions)"
        raise StatisticsError(f"the embedder {name!r} did not give one row of finite numbers for each text", hint=hint)
    return rows


def _embedded(texts: Sequence[str], tools: Tools) -> NDArray[np.float64] | Rows:
    different = sorted({text for text in texts if text.strip()})
    if tools.embedder is None or not different:
        return np.zeros((len(texts), 0))
    given = _checked(tools.embedder.embed(different), len(different), tools.embedder.name)
    length = np.linalg.norm(given, axis=1, keepdims=True)
    scaled = np.vstack([np.divide(given, length, out=np.zeros_like(given), where=length > 0), np.zeros(given.shape[1])])
    place = {text: number for number, text in enumerate(different)}
    kinds = np.array([place.get(text, len(different)) for text in texts], dtype=np.intp)
    return Rows(scaled, kinds) if len(texts) > MOST_PLAIN else scaled[kinds]
