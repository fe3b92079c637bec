"""Common prefixes: how far two sequences are the same from the beginning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from evalkit.text.words import TOKENIZERS, counted_words, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS = ("words", "characters", *TOKENIZERS)
"""What a prefix may be counted in: words as a reader counts them, code points, or the tokens of a tokenizer."""


def units(text: str, *, unit: str = "words") -> tuple[str, ...]:
    """Return what a prefix of the text is counted in, in order.

    Args:
        text: Any text.
        unit: One of `UNITS`.

    Raises:
        UnknownNameError: There is no such unit.
    """
    if unit == "words":
        return tuple(counted_words(text))
    return tuple(text if unit == "characters" else tokens(text, unit))


def scale_of(unit: str, *, fraction: bool) -> tuple[str, tuple[float, float]]:
    """Return the name of what a common prefix is measured in, and its least and greatest value.

    Args:
        unit: One of `UNITS`.
        fraction: Whether it is a share of the longer sequence.
    """
    if fraction:
        return "share", (0.0, 1.0)
    return unit if unit in {"words", "characters"} else "tokens", (0.0, math.inf)


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the number of places at which both are the same, up to the first where they are not."""
    count = 0
    for ours, theirs in zip(a, b, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def common_prefixes(items: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """Return the common prefix of every two of n sequences, (n, n); on the diagonal stand their lengths.

    Args:
        items: (n,) each cut into words or the like.
    """
    # In sorted order a pair shares the least of what the neighbours between the two share.
    order = sorted(range(len(items)), key=items.__getitem__)
    steps = np.array([common_prefix(items[i], items[j]) for i, j in pairwise(order)], dtype=np.float64)
    shared = np.diag(np.array([len(item) for item in items], dtype=np.float64))
    for place, row in enumerate(order[:-1]):
        later = order[place + 1 :]
        shared[row, later] = shared[later, row] = np.minimum.accumulate(steps[place:])
    return shared


def shared_by_pairs(items: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """Return the common prefix of each unordered pair of n sequences, (n (n - 1) / 2,); infinite where both are equal.

    Each different sequence is looked at once, however often it stands there.

    Args:
        items: (n,) each cut into words or the like, n at least 2.
    """
    different = list(dict.fromkeys(items))
    place = {item: number for number, item in enumerate(different)}
    shared = common_prefixes(different)
    np.fill_diagonal(shared, np.inf)  # equal sequences never part
    codes = [place[item] for item in items]
    return np.asarray(shared[np.ix_(codes, codes)][np.triu_indices(len(items), 1)], dtype=np.float64)


def of_longer(shared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return common prefixes as shares of the longer one, in [0, 1]; two empty ones are the same, 1.

    Args:
        shared: (n, n) as `common_prefixes` gives them.
    """
    lengths = np.diagonal(shared)
    longer = np.maximum(lengths[:, None], lengths[None, :])
    return np.divide(shared, longer, out=np.ones_like(shared), where=longer > 0)
