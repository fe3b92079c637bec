"""Vector distance: how far apart two samples point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.base import pair_metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DUST = 1e-12


def _matrix(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    empty = ~vectors.any(axis=1)
    distances = 1.0 - vectors @ vectors.T
    distances[np.ix_(empty, empty)] = 0.0
    # Rounding leaves equal texts 1e-16 apart, which would look like a difference.
    distances[distances < _DUST] = 0.0
    return np.minimum(distances, 1.0)


@pair_metric(unit="distance", bounds=(0.0, 1.0), diversity=1, needs="vectors", matrix=_matrix)
def vector_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return one minus the cosine of two samples' vectors, in [0, 1].

    The vectors are TF-IDF weights of words: samples that use the same words equally often are at 0, samples
    without a common word at 1. They have length 1, or 0 for a text without words; two such texts are the same: 0,
    and one of them is at 1 from any other text. The order of words does not count.

    References:
        G. Salton, A. Wong, C. S. Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM
        18(11), 613-620 (1975).
        G. Tevet, J. Berant, "Evaluating the Evaluation of Diversity in Natural Language Generation", EACL (2021),
        for the mean over pairs as a measure of diversity.
    """
    if not a.any() and not b.any():
        return 0.0
    distance = 1.0 - float(a @ b)
    return 0.0 if distance < _DUST else min(distance, 1.0)
