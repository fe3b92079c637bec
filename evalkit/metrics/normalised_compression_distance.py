"""Normalised compression distance (NCD): how little one sample helps to write down another."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.metrics.base import over_unique, pair_metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_EFFORT = 9
_GREATEST = 1.1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _matrix(texts: Sequence[bytes]) -> NDArray[np.float64]:
    import numpy as np

    def kernel(unique: list[bytes]) -> NDArray[np.float64]:
        alone = [_size(text) for text in unique]
        distances = np.zeros((len(unique), len(unique)))
        for i, one in enumerate(unique):
            for j in range(i):
                distances[i, j] = distances[j, i] = _distance(one, unique[j], (alone[i], alone[j]))
        return distances

    return over_unique(texts, kernel)


@pair_metric(
    unit="distance",
    bounds=(0.0, _GREATEST),
    diversity=1,
    depends_on_length=True,
    prepare=_bytes,
    matrix=_matrix,
    most=300,
)
def normalised_compression_distance(a: bytes, b: bytes) -> float:
    """Return the bytes that two samples take together beyond the smaller, over those of the larger, in [0, 1.1].

    Bytes after compression (deflate, level 9); together means one behind the other, the mean of both orders. Equal
    texts are at 0 by definition, two empty ones too, though the compressor alone would say 0.08 of a sentence; an
    empty text is at 1 from any other. Unrelated texts are near 1, if they are long: the fixed cost of the format is
    common to all, and puts unrelated words of five letters at 0.4. The compressor may put texts above 1; what is above
    1.1 counts as that. Beyond 32,768 bytes it does not look back.

    References:
        R. Cilibrasi, P. M. B. Vitanyi, "Clustering by Compression", IEEE Transactions on Information Theory 51(4),
        1523-1545 (2005), definition 6; symmetry, equal and empty texts: definition by this project.
    """
    return 0.0 if a == b else _distance(a, b, (_size(a), _size(b)))


def _distance(a: bytes, b: bytes, alone: tuple[int, int]) -> float:
    """Return the distance of texts that differ, given the size of each."""
    if not a or not b:
        return 1.0
    together = (_size(a + b) + _size(b + a)) / 2.0
    return min(_GREATEST, max(0.0, together - min(alone)) / max(alone))


def _size(text: bytes) -> int:
    return len(zlib.compress(text, _MOST_EFFORT))
