"""Likeness: how many of their words two texts share, careful with short ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.text.levels import punctuation
from evalkit.text.words import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHORT = 20  # words; in a longer text a number is a detail
_NUMBER = re.compile(r"-?\d+(?:[.,:/]\d+)*")


def word_distances(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the Jaccard distance of the word sets of all pairs of texts, (n, n), in [0, 1].

    Case and punctuation do not count, so that ``Paris`` is ``Paris.``; texts of nothing else are alike, and at 1 from
    any other. Where one of two texts has at most 20 words, different numbers are different meanings: ``The answer is
    4`` is at 1 from ``The answer is 5``, though they share three words of five. What a single word turns round,
    such as ``not``, this distance does not see.

    References:
        P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 37-50 (1912).
        The rule for numbers: definition by this project.
    """
    plain = [punctuation(text) for text in texts]
    sets = [frozenset(words(text)) for text in plain]
    numbers = [frozenset(_NUMBER.findall(text)) for text in plain]
    distances = np.zeros((len(texts), len(texts)))
    for i, a in enumerate(sets):
        for j in range(i):
            b = sets[j]
            short = min(len(a), len(b)) <= _SHORT
            apart = 1.0 if short and numbers[i] != numbers[j] else 1.0 - len(a & b) / max(1, len(a | b))
            distances[i, j] = distances[j, i] = apart if a or b else 0.0
    return distances
