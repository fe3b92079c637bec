"""Weighted distance: how far apart good samples are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.metrics.base import set_metric
from evalkit.metrics.qd_index import Distance, Item, compared, distances_of, needs_of, qualities_of
from evalkit.nouns import Panel, Undefined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _ends(
    items: Sequence[Item], level: float, *, distance: Distance = "vectors"
) -> tuple[tuple[float, float] | None, str]:
    import numpy as np

    from evalkit.stats.ustatistic import pair_interval

    weights = qualities_of(items)
    good, distances = weights > 0.0, distances_of(items, distance)
    if np.ptp(weights[good]) > 0.0:
        return _ends_of_graded(weights, distances, level)
    # Whichever samples are good, among them it is a plain mean over pairs.
    among = distances[np.ix_(good, good)]
    if distance == "exact":
        same = pair_interval(1.0 - among, level=level, equality=True)
        ends = None if same is None else (1.0 - same[1], 1.0 - same[0])
    else:
        ends = pair_interval(among, level=level)
    return ends, "guarded interval of the mean over pairs of acceptable samples"


def _ends_of_graded(
    weights: NDArray[np.float64], distances: NDArray[np.float64], level: float
) -> tuple[tuple[float, float] | None, str]:
    import numpy as np

    from evalkit.stats.effective import bounded_interval
    from evalkit.stats.proportion import all_equal_interval

    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    moments = pairs * distances
    value = float(np.clip(moments.sum() / pairs.sum(), 0.0, 1.0))
    # As many samples of equal quality would weigh as evenly.
    n_good = float(weights.sum() ** 2 / (weights**2).sum())
    if value in {0.0, 1.0}:
        # Pairs that share no sample are trials.
        return all_equal_interval(value, max(1, int(n_good) // 2), bounds=(0.0, 1.0), level=level), (
            "exact bound: all pairs of some quality have the same distance"
        )
    rest = pairs.sum() - 2.0 * pairs.sum(axis=1)
    if (rest <= 0.0).any():
        return None, "none: one sample decides whether there are two of some quality"
    n = len(weights)
    left_out = (moments.sum() - 2.0 * moments.sum(axis=1)) / rest
    variance = (n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum())
    most = max(1.0, n_good * (n_good - 1.0) / 2.0)
    ends = bounded_interval(value, variance, max(1.0, n_good - 1.0), bounds=(0.0, 1.0), level=level, most_trials=most)
    return ends, "Beta ends at the effective number of trials, from the delete-one variance"


@set_metric(
    depends_on_length=True,
    panel=Panel.PARTS,
    unit="distance",
    bounds=(0.0, 1.0),
    depends_on_n=False,
    min_samples=2,
    diversity=1,
    needs=("quality", "texts", "vectors"),
    prepare=compared,
    interval=_ends,
    of_options=needs_of,
)
def weighted_distance(items: Sequence[Item], *, distance: Distance = "vectors") -> float:
    """Return the mean distance between samples, each pair weighted by the product of its qualities, in [0, 1].

    The diversity in the QD index: how different two samples are, given that both are good. With quality 0 or 1 it is
    the mean distance between the acceptable ones. `quality` and `distance` and their options are those of
    `qd_index`, which is this times `quality_mean` squared, up to sampling error. Up is more diverse.

    A ratio of two means over pairs: its bias falls with the number of samples and is small beside its interval,
    unless few samples have any quality. Where no two have, there is no value: that nothing is good says nothing of
    variety. It moves with the length of the texts as far as the distance does.

    References:
        Definition by this project.
    """
    import numpy as np

    weights = qualities_of(items)
    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    if not pairs.any():
        raise Undefined("no two samples have any quality")
    return float(np.clip((pairs * distances_of(items, distance)).sum() / pairs.sum(), 0.0, 1.0))
