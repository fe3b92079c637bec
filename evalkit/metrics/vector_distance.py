"""Vector distance: how far apart two samples point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.base import pair_metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Pairs
    from evalkit.stats.rows import Rows

_DUST = 1e-12


def _matrix(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    from evalkit.stats.cosine import cosine_distances

    return cosine_distances(vectors)


def _counted(vectors: NDArray[np.float64] | Rows, counts: NDArray[np.float64]) -> Pairs | None:
    from evalkit.stats.cosine import cosine_distance_pairs
    from evalkit.stats.pairs import MOST_WEIGHTED

    return cosine_distance_pairs(vectors, counts) if len(counts) > MOST_WEIGHTED else None


def _several(
    vectors: NDArray[np.float64] | Rows, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    from evalkit.stats.cosine import several_cosine_distances

    return several_cosine_distances(vectors, first, second)


@pair_metric(
    depends_on_length=True,
    unit="distance",
    bounds=(0.0, 1.0),
    diversity=1,
    needs="vectors",
    matrix=_matrix,
    counted=_counted,
    several=_several,
)
def vector_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return one minus the cosine of two samples' vectors, in [0, 1].

    The vectors are those of the suite's `embedding`: TF-IDF weights of words unless told otherwise, where samples
    that use the same words equally often are at 0 and samples without a common word at 1; or those of any embedder,
    whose name stands among the settings. In most embedders unlike texts are far less than 1 apart, and longer ones
    look closer: compare only within one, at like lengths. The mean over pairs does not drift with the number of
    samples where a text's vector hangs on that text alone. TF-IDF weights hang on all answers to the prompt: they
    move it by a few hundredths with the number of samples and with the temperatures beside, so compare runs of one
    design, or embed by ``trigrams``. A negative cosine counts as 0, and a caution says how many there were. Vectors
    have length 1, or 0 for an empty text; two such texts are the same: 0, and one of them is at 1 from any other
    text.

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
