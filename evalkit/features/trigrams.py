"""Trigrams: texts by their runs of three characters, hashed; lexical, offline, the same for every script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.text.sendable import sendable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIMENSIONS = 512
_RUN = re.compile(r"\s\s+")


class Trigrams:
    """Embeds a text as the counts of its character trigrams, hashed to 512 places, scaled to length 1.

    It knows nothing of meaning: two texts are near when they share spelling.

    References:
        K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML (2009), arXiv 0902.2206.
        M. Damashek, "Gauging Similarity with n-Grams", Science 267(5199), 843-848 (1995).
    """

    name = f"hashed character trigrams, {_DIMENSIONS} dimensions (lexical)"
    """What made the vectors, as a page shows it."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return (n, 512) rows of length 1; zeros for an empty text. A text of one or two characters is one gram."""
        from sklearn.feature_extraction.text import HashingVectorizer  # slow to import, and not always asked for

        if not texts:
            return np.zeros((0, _DIMENSIONS))
        hashed = HashingVectorizer(analyzer=_grams, n_features=_DIMENSIONS, alternate_sign=False, norm="l2")
        return np.asarray(hashed.transform(texts).toarray(), dtype=np.float64)


def _grams(text: str) -> list[str]:
    plain = sendable(_RUN.sub(" ", text))  # the hash is of UTF-8
    return [plain[start : start + 3] for start in range(len(plain) - 2)] or ([plain] if plain else [])
