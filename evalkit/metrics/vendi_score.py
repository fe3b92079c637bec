"""Vendi score: the effective number of different samples, by how alike their vectors are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError
from evalkit.metrics.base import set_metric
from evalkit.nouns import JSON, Panel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _checked(options: Mapping[str, JSON]) -> dict[str, Any]:
    q = options["q"]
    if not isinstance(q, int | float) or q <= 0.0:
        raise UsageError(f"a Vendi score of order {q} does not exist", hint="q is above 0")
    return {}


@set_metric(
    depends_on_length=True,
    label="Vendi score",
    unit="samples",
    bounds=(1.0, float("inf")),
    diversity=1,
    needs="vectors",
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

    References:
        D. Friedman, A. B. Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning", Transactions
        on Machine Learning Research (2023), arXiv 2210.02410.
        A. P. Pasarkar, A. B. Dieng, "Cousins of the Vendi Score: A Family of Similarity-Based Diversity Metrics for
        Science and Machine Learning", AISTATS (2024), arXiv 2310.12952, for the order.
    """
    from evalkit.stats import eigen_diversity
    from evalkit.stats.cosine import with_nowhere

    value = eigen_diversity.vendi_score(eigen_diversity.feature_spectrum(with_nowhere(vectors)), q=q)
    return max(1.0, value)  # rounding leaves equal samples a hair below
