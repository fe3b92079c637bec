"""Vendi score from pairs: the effective number of different samples that the Vendi score tends to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError
from evalkit.metrics.base import set_metric
from evalkit.nouns import JSON, Panel, Undefined
from evalkit.stats.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Pairs

_MOST_COMPARED = 3_000


def _similarities(vectors: NDArray[np.float64] | Rows, power: int) -> Pairs:
    import numpy as np

    from evalkit.stats.cosine import cosine_distances, cosines
    from evalkit.stats.pairs import Kernel
    from evalkit.stats.shifted_pairs import shifted_pairs

    rows, counts = vectors, np.ones(len(vectors))
    if isinstance(vectors, Rows):
        kinds, times = np.unique(vectors.kinds, return_counts=True)
        rows, counts = Rows(vectors.table, kinds), times.astype(np.float64)
    if len(rows) > _MOST_COMPARED:
        return shifted_pairs(counts, partial(_several, rows, power))
    return Kernel(cosines(rows) ** 2 if power == 2 else 1.0 - cosine_distances(rows), counts)  # noqa: PLR2004 - squared


def _several(
    rows: NDArray[np.float64] | Rows, power: int, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    from evalkit.stats.cosine import several_cosines

    found = several_cosines(rows, first, second)
    return found**2 if power == 2 else found.clip(min=0.0)  # noqa: PLR2004 - squared


def _ends(
    vectors: NDArray[np.float64] | Rows, level: float, *, power: int = 2
) -> tuple[tuple[float, float] | None, str]:
    from evalkit.stats.ustatistic import pair_interval

    pairs = _similarities(vectors, power)
    ends = pair_interval(pairs, level=level)
    if ends is None or ends[0] <= 0.0:
        return None, "none: samples that share nothing leave the effective number without an upper end"
    of = f", estimated from {pairs.partly()}" if pairs.partly() else ""
    return (1.0 / ends[1], 1.0 / ends[0]), f"inverse of the guarded interval of the mean similarity of pairs{of}"


def _checked(options: Mapping[str, JSON]) -> dict[str, Any]:
    if options["power"] not in {1, 2}:
        hint = "2 for the Vendi score, 1 for the number of Leinster and Cobbold"
        raise UsageError(f"vendi_pairs can not take power={options['power']}", hint=hint)
    return {}


@set_metric(
    depends_on_length=True,
    unit="samples",
    bounds=(1.0, float("inf")),
    min_samples=2,
    diversity=1,
    needs="vectors",
    panel=Panel.LITERATURE,
    interval=_ends,
    of_options=_checked,
)
def vendi_pairs(vectors: NDArray[np.float64] | Rows, *, power: int = 2) -> float:
    """Return one over the mean squared cosine of pairs: the effective number of different samples, 1 or more.

    It is what the Vendi score of order 2 tends to as samples are added. The mean over pairs is unbiased at every
    number of them; its inverse is not: it is too large with few, by a fifth at 5 samples of a varied source, and may
    exceed their number. So it compares at one number of samples; at any, compare and test on the scale of the mean,
    as ``vector_distance`` does. With `power` 1 the cosines are not squared: then it is the effective number of
    Leinster and Cobbold, one over one minus ``vector_distance``. Squares forgive small likenesses, so 2 gives the
    larger number. It hangs on the embedder, and unlike texts are never far apart for most: compare only within one.
    Empty samples are alike, and share nothing with others. Where no two samples share anything there is no value.

    References:
        A. P. Pasarkar, A. B. Dieng, "Cousins of the Vendi Score: A Family of Similarity-Based Diversity Metrics for
        Science and Machine Learning", AISTATS (2024), arXiv 2310.12952, for order 2 without eigenvalues.
        T. Leinster, C. A. Cobbold, "Measuring Diversity: The Importance of Species Similarity", Ecology 93(3),
        477-489 (2012), for power 1.
        The mean over pairs in place of all entries: definition by this project.
    """
    from evalkit.stats.ustatistic import pair_mean

    mean = pair_mean(_similarities(vectors, power))
    if mean <= 0.0:
        raise Undefined("no two samples share anything: their effective number has no bound")
    return max(1.0, 1.0 / mean)
