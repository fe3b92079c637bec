"""Classes of texts that count as the same, as numbers of their members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable


def class_counts(keys: Iterable[Hashable | None]) -> list[int]:
    """Return the number of members of each class, the largest first; each None is a class of its own.

    Args:
        keys: What two texts have in common when they are the same, as `level_of` gives it; None for a text that is the
            same as no other.
    """
    kinds = Counter(keys)
    alone = kinds.pop(None, 0)
    return sorted(kinds.values(), reverse=True) + [1] * alone
