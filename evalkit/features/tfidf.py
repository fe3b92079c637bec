"""TF-IDF: texts as weights of their words, offline and without chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.text.words import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_WORDS = 50_000


def tfidf(
    fit_texts: Sequence[str],
    texts: Sequence[str] | None = None,
    *,
    tokenize: Callable[[str], list[str]] = words,
) -> NDArray[np.float64]:
    """Return one row per text: the TF-IDF weights of its words, scaled to length 1.

    A word weighs its count in the text times ln((1 + m) / (1 + df)) + 1, where df of the m `fit_texts` hold
    it. No reduction of dimensions follows, so the product of two rows is their exact cosine. Where
    `fit_texts` hold more than 50,000 different words, the most frequent of these are used.

    Args:
        fit_texts: (m,) texts that give vocabulary and weights: all samples of a prompt.
        texts: (n,) texts to turn into rows; `fit_texts` when None.
        tokenize: How a text falls into words.

    Returns:
        (n, d) array, entries in [0, 1]. A text with no word of the vocabulary, such as an empty one, is a
        row of zeros; d is 0 when no fitted text holds a word.

    References:
        K. Spärck Jones, "A Statistical Interpretation of Term Specificity and Its Application in Retrieval",
        Journal of Documentation 28(1), 11-21 (1972).
        G. Salton, C. Buckley, "Term-Weighting Approaches in Automatic Text Retrieval", Information Processing
        & Management 24(5), 513-523 (1988).
    """
    fitted = [tokenize(text) for text in fit_texts]
    wanted = fitted if texts is None else [tokenize(text) for text in texts]
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import, and not always asked for

    if not any(fitted):
        return np.zeros((len(wanted), 0))
    vectorizer = TfidfVectorizer(analyzer=_unchanged, max_features=_MOST_WORDS).fit(fitted)
    if not wanted:
        return np.zeros((0, len(vectorizer.vocabulary_)))
    return np.asarray(vectorizer.transform(wanted).toarray(), dtype=np.float64)


def _unchanged(tokens: list[str]) -> list[str]:
    return tokens
