"""Similarities of texts for two-sample tests: equal, equal in place, made of the same pieces.

Explained in docs/statistics.md, "Do two sides answer alike?".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix: TypeAlias = "NDArray[np.float64]"


def exact_match(texts: Sequence[str]) -> Matrix:
    """Return 1 where two texts are equal, else 0; shape (n, n).

    It tells any two distributions apart, for the mean of a text under it is the chance of just that text.

    Args:
        texts: (n,) code point by code point as they are to be compared.

    References:
        A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schoelkopf, A. Smola, "A Kernel Two-Sample Test", Journal of
        Machine Learning Research 13, 723-773 (2012), with the identity as kernel.
    """
    index: dict[str, int] = {}
    codes = np.array([index.setdefault(text, len(index)) for text in texts], dtype=np.int64)
    return np.asarray(codes[:, None] == codes[None, :], dtype=np.float64)


def padded_hamming(texts: Sequence[str], *, length: int | None = None) -> Matrix:
    """Return the share of places at which two texts have the same code point, in [0, 1]; shape (n, n).

    A pair is compared up to the end of its longer text. A place that only one of them has is disagreement; a place
    that neither has is no place, so padding never makes two texts alike. Two empty texts are equal.

    Args:
        texts: (n,) texts.
        length: Pad every text to this many code points and count pads that meet as agreement: the scale of the
            literature, on which short texts are alike for being short. None for places that exist.

    Raises:
        ValueError: A text is longer than `length`.

    References:
        I. Gao, P. Liang, C. Guestrin, "Model Equality Testing: Which Model Is This API Serving?", arXiv 2410.20247
        (2024), for the kernel and its `length`. Places up to the longer text: definition by this project.
    """
    sizes = np.array([len(text) for text in texts], dtype=np.int64)
    widest = int(sizes.max(initial=0))
    if length is not None and length < widest:
        raise ValueError(f"a text has {widest} code points, more than the {length} it is to be padded to")
    # A pad is no code point, and pads are never compared with one another below.
    codes = np.full((len(texts), widest), -1, dtype=np.int32)
    for row, text in zip(codes, texts, strict=True):
        row[: len(text)] = [ord(character) for character in text]
    alike = np.array([((codes == row) & (row >= 0)).sum(axis=1) for row in codes], dtype=np.float64)
    alike = alike.reshape(len(texts), len(texts))
    longer = np.maximum(sizes[:, None], sizes[None, :])
    if length is not None:
        return np.asarray((alike + length - longer) / max(1, length) + (length == 0), dtype=np.float64)
    return np.asarray(np.where(longer == 0, 1.0, alike / np.maximum(longer, 1)), dtype=np.float64)


def spectrum_cosine(texts: Sequence[str], *, n: int = 3) -> Matrix:
    """Return the cosine between counts of runs of n code points, in [0, 1]; shape (n_texts, n_texts).

    A text of fewer code points is one run of its own; the empty text is like no other than itself.

    Args:
        texts: (n_texts,) texts.
        n: Code points in a run, 1 or more.

    References:
        C. Leslie, E. Eskin, W. S. Noble, "The Spectrum Kernel: A String Kernel for SVM Protein Classification",
        Pacific Symposium on Biocomputing 7, 564-575 (2002), section 2, normalised. Short texts: definition by this
        project.
    """
    from scipy import sparse  # loads slowly, and only here

    if n < 1:
        raise ValueError(f"a run of {n} code points is none")
    index: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for row, text in enumerate(texts):
        runs = Counter(text[i : i + n] for i in range(max(1, len(text) - n + 1)))
        for run, count in runs.items():
            rows.append(row)
            columns.append(index.setdefault(run, len(index)))
            counts.append(float(count))
    table = sparse.csr_array((counts, (rows, columns)), shape=(len(texts), max(1, len(index))))
    products = np.asarray((table @ table.T).todense(), dtype=np.float64)
    scale = np.sqrt(np.diagonal(products))
    return np.asarray(np.clip(products / np.outer(scale, scale), 0.0, 1.0), dtype=np.float64)
