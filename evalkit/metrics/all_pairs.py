"""All pairs at once: a comparison of two sequences, over every two of many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from evalkit.metrics.base import over_unique

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def compared(items: Sequence[Any], scorer: Callable[..., float]) -> NDArray[np.float64]:
    """Return a scorer over all pairs, (n, n); equal items are compared once.

    Args:
        items: (n,) texts, or tuples of tokens; all of one kind.
        scorer: One of rapidfuzz, symmetric.
    """

    def kernel(unique: list[Any]) -> NDArray[np.float64]:
        import numpy as np

        # Tokens by number: comparing words would hash them again and again.
        codes: dict[Hashable, int] = {}
        coded = [
            each if isinstance(each, str) else [codes.setdefault(token, len(codes)) for token in each]
            for each in unique
        ]
        scores: NDArray[np.float64] = process.cdist(coded, coded, scorer=scorer, dtype=np.float64, workers=1)
        return scores

    return over_unique(items, kernel)
