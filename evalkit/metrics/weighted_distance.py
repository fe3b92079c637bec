"""Weighted distance: how far apart good samples are."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.metrics.qd_index import Distance, Item, compared, distances_of, needs_of, qualities_of
from evalkit.nouns import Panel, Undefined


def _ends(
    items: Sequence[Item], level: float, *, distance: Distance = "vectors"
) -> tuple[tuple[float, float] | None, str]:
    import numpy as np

    from evalkit.stats.jackknife import jackknife_interval
    from evalkit.stats.proportion import all_equal_interval

    weights = qualities_of(items)
    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    moments = pairs * distances_of(items, distance)
    value = float(moments.sum() / pairs.sum())
    if value in {0.0, 1.0}:
        # Pairs that share no sample are trials, and only samples of some quality are in any.
        n_trials = int(weights.sum() ** 2 / (weights**2).sum()) // 2
        return all_equal_interval(value, n_trials, bounds=(0.0, 1.0), level=level), (
            "exact bound: all pairs of some quality have the same distance"
        )
    rest = pairs.sum() - 2.0 * pairs.sum(axis=1)
    if (rest <= 0.0).any():
        return None, "none: one sample decides whether there are two of some quality"
    left_out = (moments.sum() - 2.0 * moments.sum(axis=1)) / rest
    ends = jackknife_interval(value, left_out.tolist(), level=level)
    return ends, "none: leaving a sample out changes nothing" if ends is None else "delete-one jackknife over samples"


@set_metric(
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
