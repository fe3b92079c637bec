"""Cluster agreement: the chance that two samples say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.base import pair_metric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _matrix(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    import numpy as np

    given = np.asarray(labels)
    return np.asarray(given[:, None] == given[None, :], dtype=np.float64)


@pair_metric(unit="probability", bounds=(0.0, 1.0), diversity=-1, needs="meanings", matrix=_matrix)
def cluster_agreement(a: int, b: int) -> float:
    """Return 1 when two samples are of one class of meaning, else 0.

    Its mean over pairs, in [0, 1], is the chance that two fresh samples say the same, and falls as meanings vary; its
    inverse is the effective number of meanings of order 2. It does not drift with the number of samples as entropy
    does, and takes the classes as they are: an error in them is an error here. What the same is, `equivalence`
    says: equality at a level (``loose`` unless told otherwise), or average linkage up to `threshold` by shared words
    (``lexical``), vectors (``embedding``) or a ``judge``. Empty samples are a class of their own. With ``lexical``
    and ``embedding``, values hang on the threshold and the embedder: compare only where both are the same.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for the estimator.
        L. Kuhn, Y. Gal, S. Farquhar, "Semantic Uncertainty: Linguistic Invariances for Uncertainty Estimation in
        Natural Language Generation", ICLR (2023), arXiv 2302.09664, for classes of meaning.
    """
    return float(a == b)
