"""Bags of things: how much two texts share when order does not count."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bag: TypeAlias = Mapping[Hashable, int]

_BLOCK = 4096


def jaccard(sets: Sequence[Collection[Hashable]]) -> NDArray[np.float64]:
    """Return the share of the things of every two sets that both have, in [0, 1]; (n, n), 1 for two empty ones.

    Args:
        sets: (n,) things; each counts once, however often it stands there.

    References:
        P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 37-50 (1912).
    """
    return of_union(inner_products([dict.fromkeys(each, 1) for each in sets]))


def of_union(shared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the things of every two sets that both have, in [0, 1]; (n, n), 1 for two empty ones.

    Args:
        shared: (n, n) how many things both have; on the diagonal their numbers.

    References:
        P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 37-50 (1912).
    """
    sizes = np.diagonal(shared)
    union = sizes[:, None] + sizes[None, :] - shared
    return np.asarray(np.divide(shared, union, out=np.ones_like(shared), where=union > 0), dtype=np.float64)


def inner_products(bags: Sequence[Bag]) -> NDArray[np.float64]:
    """Return for every two bags the sum over things of the product of their counts, (n, n); exact.

    Of sets, which are bags with counts of 1, it is the number of common things; a bag with itself gives the square of
    its length as a vector.

    Args:
        bags: (n,) counts by thing; counts are whole numbers.

    References:
        Definition by this project.
    """
    columns: defaultdict[Hashable, int] = defaultdict(itertools.count().__next__)
    told = map(columns.__getitem__, itertools.chain.from_iterable(bags))
    sizes = [len(bag) for bag in bags]
    found = np.fromiter(told, dtype=np.intp, count=sum(sizes))
    counts = np.fromiter(itertools.chain.from_iterable(bag.values() for bag in bags), np.float64, count=len(found))
    rows = np.repeat(np.arange(len(bags)), sizes)
    order = np.argsort(found, kind="stable") if len(columns) > _BLOCK else np.arange(len(found))
    found, counts, rows = found[order], counts[order], rows[order]
    products = np.zeros((len(bags), len(bags)))
    # Blocks of the vocabulary bound the memory: a cell of long texts may hold a million words.
    for start in range(0, len(columns), _BLOCK):
        width = min(_BLOCK, len(columns) - start)
        low, high = (0, len(found)) if width == len(columns) else np.searchsorted(found, (start, start + width))
        block = np.zeros((len(bags), width))
        block[rows[low:high], found[low:high] - start] = counts[low:high]
        products += block @ block.T
    return products
