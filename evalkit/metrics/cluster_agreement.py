"""Cluster agreement: the chance that two samples say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalkit.metrics.base import pair_metric
from evalkit.nouns import JSON

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Equal


_LINKED = frozenset({"lexical", "embedding", "judge"})


def drift_of_classes(options: Mapping[str, JSON]) -> dict[str, Any]:
    """Return whether values change with the number of samples, be it that the classes themselves do.

    A class of texts that are equal is the same whatever else is in the cell. Linkage up to a threshold is not: further
    texts move the means that decide what is joined. Rarefied samples keep the classes that all of them made.
    """
    not_rarefied = "rarefy" in options and options["rarefy"] is None
    return {"depends_on_n": options["equivalence"] in _LINKED or not_rarefied}


def _matrix(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    import numpy as np

    given = np.asarray(labels)
    return np.asarray(given[:, None] == given[None, :], dtype=np.float64)


def _counted(labels: NDArray[np.intp], counts: NDArray[np.float64]) -> Equal:
    from evalkit.stats.pairs import equal_pairs

    return equal_pairs((int(label) for label in labels), counts)


@pair_metric(
    unit="probability",
    equality=True,
    bounds=(0.0, 1.0),
    diversity=-1,
    needs="meanings",
    matrix=_matrix,
    counted=_counted,
    of_options=drift_of_classes,
)
def cluster_agreement(a: int, b: int) -> float:
    """Return 1 when two samples are of one class of meaning, else 0.

    Its mean over pairs, in [0, 1], is the chance that two fresh samples say the same, and falls as meanings vary; its
    inverse is the effective number of meanings of order 2. It takes the classes as they are: an error in them is an
    error here. What the same is, `equivalence` says: equality at a level (``loose`` unless told otherwise), or
    average linkage up to `threshold` by shared words (``lexical``), vectors (``embedding``) or a ``judge``. Empty
    samples are a class of their own. By equality it does not drift with the number of samples. By linkage it falls
    (from 0.32 to 0.24 between 5 and 50 samples of a varied source), since more texts part what few had joined; and
    values hang on threshold and embedder: compare only where all of these are the same.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for the estimator.
        L. Kuhn, Y. Gal, S. Farquhar, "Semantic Uncertainty: Linguistic Invariances for Uncertainty Estimation in
        Natural Language Generation", ICLR (2023), arXiv 2302.09664, for classes of meaning.
    """
    return float(a == b)
