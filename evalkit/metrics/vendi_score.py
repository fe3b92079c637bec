"""Vendi score: the effective number of different samples, by how alike their vectors are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from evalkit.errors import UsageError
from evalkit.metrics.base import set_metric
from evalkit.nouns import JSON, Panel, Undefined
from evalkit.stats.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_EXACT = 1_500
_KNOWN: WeakKeyDictionary[Rows, dict[float, tuple[float, float]]] = WeakKeyDictionary()


def _checked(options: Mapping[str, JSON]) -> dict[str, Any]:
    q = options["q"]
    if not isinstance(q, int | float) or q <= 0.0:
        raise UsageError(f"a Vendi score of order {q} does not exist", hint="q is above 0")
    return {}


def _found(vectors: NDArray[np.float64] | Rows, q: float) -> tuple[float, float]:
    """Return the score, and its standard error where it is estimated; else 0."""
    import numpy as np

    from evalkit.stats import eigen_diversity
    from evalkit.stats.cosine import with_nowhere

    if not isinstance(vectors, Rows):
        return eigen_diversity.vendi_score(eigen_diversity.feature_spectrum(with_nowhere(vectors)), q=q), 0.0
    known = _KNOWN.setdefault(vectors, {})
    if q not in known:
        kinds, counts = np.unique(vectors.kinds, return_counts=True)
        rows = with_nowhere(Rows(vectors.table, kinds))
        weights = counts.astype(np.float64)
        if min(rows.shape) <= _MOST_EXACT:
            spectrum = eigen_diversity.feature_spectrum(rows, weights)
            known[q] = eigen_diversity.vendi_score(spectrum, q=q), 0.0
        elif q < 1.0:
            raise Undefined(f"an order below 1 takes the eigenvalues of {min(rows.shape):,} texts: rarefy it")
        else:
            known[q] = eigen_diversity.estimated_vendi_score(rows, weights, q=q)
    return known[q]


def _no_ends(vectors: NDArray[np.float64] | Rows, _level: float, *, q: float = 1.0) -> tuple[None, str]:
    value, error = _found(vectors, q) if isinstance(vectors, Rows) else (0.0, 0.0)
    drifts = "none: the value hangs on the number of samples, so its spread over them is no guide"
    if error:
        drifts += f"; it is estimated from random vectors, with a standard error of {error / value:.1%} of it"
    return None, drifts


@set_metric(
    depends_on_length=True,
    label="Vendi score",
    unit="samples",
    bounds=(1.0, float("inf")),
    diversity=1,
    needs="vectors",
    interval=_no_ends,
    panel=Panel.LITERATURE,
    of_options=_checked,
)
def vendi_score(vectors: NDArray[np.float64], *, q: float = 1.0) -> float:
    """Return the effective number of different samples, from 1 (all alike) to n (none shares anything).

    The Hill number of order `q` of the eigenvalues of all cosines over n; 1 is the exponential of their entropy. It
    grows with the number of samples, most at low orders, so compare equal numbers, or rarefy; ``vendi_pairs`` is what
    order 2 tends to. It hangs on the embedder, whose name stands among the settings. Where there are fewer
    dimensions than samples their products are used instead, which have the same eigenvalues; those below 1e-12 are
    rounding and dropped, or an order below 1 would count them. Empty samples are alike, and share nothing with others.
    Of more than 1,500 different samples, with as many dimensions, it is estimated, and the method says how well.

    References:
        D. Friedman, A. B. Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning", Transactions
        on Machine Learning Research (2023), arXiv 2210.02410.
        A. P. Pasarkar, A. B. Dieng, "Cousins of the Vendi Score: A Family of Similarity-Based Diversity Metrics for
        Science and Machine Learning", AISTATS (2024), arXiv 2310.12952, for the order.
    """
    return max(1.0, _found(vectors, q)[0])  # rounding leaves equal samples a hair below
