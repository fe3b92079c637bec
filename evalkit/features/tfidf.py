"""TF-IDF: texts as weights of their words, offline and without chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.rows import Rows, sparse_table
from evalkit.text.words import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_WORDS = 50_000
MOST_PLAIN = 1_000
"""Texts up to which rows are a plain array, if it is of a million numbers at most."""
_MOST_DENSE = 1_000_000  # numbers: 8 MB
_AT_A_TIME = 10_000  # texts


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
    return np.asarray(tfidf_rows(fit_texts, texts, tokenize=tokenize), dtype=np.float64)


def tfidf_rows(
    fit_texts: Sequence[str],
    texts: Sequence[str] | None = None,
    *,
    tokenize: Callable[[str], list[str]] = words,
) -> NDArray[np.float64] | Rows:
    """Return the rows of `tfidf`, as `Rows` above a thousand texts or a million numbers; arguments as there.

    References:
        K. Spärck Jones, "A Statistical Interpretation of Term Specificity and Its Application in Retrieval",
        Journal of Documentation 28(1), 11-21 (1972).
    """
    times: dict[str, int] = {}
    for text in sorted(fit_texts):
        times[text] = times.get(text, 0) + 1
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    # A text that came often is cut and counted once.
    fitted = _counted(list(times), tokenize, vocabulary)
    n_words = len(vocabulary)
    wanted, places = fitted, list(times)
    if texts is not None:
        places = sorted(set(texts))
        wanted = _counted(places, tokenize, vocabulary)
    given = fit_texts if texts is None else texts
    index = {text: place for place, text in enumerate(places)}
    rows = np.fromiter((index[text] for text in given), dtype=np.intp, count=len(given))
    weights = np.fromiter(times.values(), dtype=np.float64, count=len(times))
    kept, idf = _weighed(fitted, weights, sorted(range(n_words), key=list(vocabulary).__getitem__))
    return _scaled(wanted, kept, idf, rows)


class _Counts:
    """How often each text holds each word: three columns of equal length, in the order of the texts."""

    __slots__ = ("count", "n_texts", "text", "word")

    def __init__(
        self, text: NDArray[np.int32], word: NDArray[np.int32], count: NDArray[np.int32], n_texts: int
    ) -> None:
        self.text, self.word, self.count, self.n_texts = text, word, count, n_texts


def _counted(texts: Sequence[str], tokenize: Callable[[str], list[str]], vocabulary: defaultdict[str, int]) -> _Counts:
    """Return the counts of texts; words that are new are added to the vocabulary."""
    number, parts = vocabulary.__getitem__, [_nothing()]
    for start in range(0, len(texts), _AT_A_TIME):
        cut = [tokenize(text) for text in texts[start : start + _AT_A_TIME]]
        lengths = np.fromiter(map(len, cut), dtype=np.intp, count=len(cut))
        ids = np.fromiter(map(number, chain.from_iterable(cut)), dtype=np.intp, count=int(lengths.sum()))
        width = max(1, len(vocabulary))
        keys, counts = np.unique(np.repeat(np.arange(len(cut)) * width, lengths) + ids, return_counts=True)
        text, word = (start + keys // width).astype(np.int32), (keys % width).astype(np.int32)
        parts.append(_Counts(text, word, counts.astype(np.int32), len(cut)))
    text, word, count = (np.concatenate([getattr(part, name) for part in parts]) for name in ("text", "word", "count"))
    return _Counts(text, word, count, len(texts))


def _nothing() -> _Counts:
    none = np.zeros(0, dtype=np.int32)
    return _Counts(none, none, none, 0)


def _weighed(
    fitted: _Counts, times: NDArray[np.float64], order: list[int]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the words of the vocabulary that are used, in the order of the alphabet, and what each weighs."""
    alphabetical = np.array(order, dtype=np.intp)
    n_words, weights = len(order), times[fitted.text]
    if n_words > _MOST_WORDS:
        total = np.bincount(fitted.word, weights=fitted.count * weights, minlength=n_words)[alphabetical]
        # Of words that are as frequent the first ones of the alphabet.
        alphabetical = alphabetical[np.sort(np.argsort(-total, kind="stable")[:_MOST_WORDS])]
    holding = np.bincount(fitted.word, weights=weights, minlength=n_words)[alphabetical]
    return alphabetical, np.log((1.0 + times.sum()) / (1.0 + holding)) + 1.0


def _scaled(
    found: _Counts, kept: NDArray[np.intp], idf: NDArray[np.float64], rows: NDArray[np.intp]
) -> NDArray[np.float64] | Rows:
    """Return the rows at some places, each word weighed, each row of length 1."""
    column = np.full(1 + max(int(kept.max(initial=-1)), int(found.word.max(initial=-1))), -1, dtype=np.int32)
    column[kept] = np.arange(len(kept))
    columns = column[found.word] if len(found.word) else found.word
    known = columns >= 0
    text, columns = found.text[known], columns[known]
    weights = found.count[known] * idf[columns]
    length = np.sqrt(np.bincount(text, weights=weights * weights, minlength=found.n_texts))
    weights = weights / length[text]
    plain = len(rows) <= MOST_PLAIN and len(rows) * len(kept) <= _MOST_DENSE
    if not plain and found.n_texts * len(kept) > _MOST_DENSE:
        return Rows(sparse_table(weights, text, columns, (found.n_texts, len(kept))), rows)
    table = np.zeros((found.n_texts, len(kept)))
    table[text, columns] = weights
    return table[rows] if plain else Rows(table, rows)
