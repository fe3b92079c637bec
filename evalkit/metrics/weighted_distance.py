"""Weighted distance: how far apart good samples are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from evalkit.metrics.base import set_metric
from evalkit.metrics.qd_index import Distance, Item, compared, needs_of, pairs_between, qualities_of
from evalkit.nouns import Panel, Undefined
from evalkit.stats.pairs import equal_pairs
from evalkit.stats.rows import Row
from evalkit.text.remembered import until_forgotten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Pairs

_ROUNDING = 1e-12
_AMONG_GOOD = "guarded interval of the mean over pairs of acceptable samples"


class _Seen(NamedTuple):
    """The different samples of a cell."""

    items: list[Item]
    counts: NDArray[np.float64]
    """How often each came."""
    weights: NDArray[np.float64]
    """The quality of each."""

    def others(self) -> NDArray[np.float64]:
        """Return for each the sum of the qualities of all other samples; shape (u,)."""
        import numpy as np

        own = self.counts * self.weights
        # Without a difference, which would lose qualities that are near 0.
        before, behind = own.cumsum(), own[::-1].cumsum()[::-1]
        before[1:], before[0], behind[:-1], behind[-1] = before[:-1].copy(), 0.0, behind[1:].copy(), 0.0
        return np.asarray(before + behind + (self.counts - 1.0) * self.weights, dtype=np.float64)

    def all_weights(self) -> float:
        """Return the sum of the products of two samples' qualities, over ordered pairs."""
        return float((self.counts * self.weights) @ self.others())


def _seen(items: Sequence[Item]) -> _Seen:
    """Return the different ones, in an order that does not hang on how they came."""
    import numpy as np

    from evalkit.stats.pairs import MOST_WEIGHTED

    weights = qualities_of(items)
    if len(items[0]) > 2 and isinstance(items[0][2], Row):  # noqa: PLR2004 - a vector
        kinds = np.array([item[2].kind for item in items], dtype=np.intp)
        order = np.lexsort((kinds, weights))
        new = (np.diff(kinds[order]) != 0) | (np.diff(weights[order]) != 0)
        starts = np.append(0, np.flatnonzero(new) + 1)
        places, counts = order[starts], np.diff(np.append(starts, len(order)))
        return _Seen([items[place] for place in places.tolist()], counts.astype(np.float64), weights[places])
    times: Counter[tuple[Any, ...]] = Counter()
    first: dict[tuple[Any, ...], Item] = {}
    few = len(items) <= MOST_WEIGHTED
    for place, (quality, text, *vector) in enumerate(items):
        # Vectors are looked into where the different ones are few enough for weights of all pairs.
        told = (vector[0].tobytes() if few else place) if vector else 0
        key = (quality, told, text is None, "" if text is None else text)
        first.setdefault(key, (quality, text, *vector))
        times[key] += 1
    keys = sorted(first)
    found = [first[key] for key in keys]
    return _Seen(found, np.array([float(times[key]) for key in keys]), qualities_of(found))


def _weighed(items: Sequence[Item], distance: Distance) -> tuple[_Seen, Pairs]:
    """Return the different ones, and their distances times the qualities of both; the last ones are kept."""
    if not _last or _last[0][0] is not items or _last[0][1] != distance:
        seen = _seen(items)
        _last[:] = [(items, distance, seen, pairs_between(seen.items, seen.counts, distance, scales=seen.weights))]
    return _last[0][2:]


_last: list[tuple[Sequence[Item], Distance, _Seen, Pairs]] = []
until_forgotten(_last)  # value and interval ask for the same


def _ends(
    items: Sequence[Item], level: float, *, distance: Distance = "vectors"
) -> tuple[tuple[float, float] | None, str]:
    import numpy as np

    from evalkit.stats.ustatistic import pair_interval

    seen, pairs = _weighed(items, distance)
    if (seen.weights == 1.0).all() and distance != "exact":
        return pair_interval(pairs, level=level), _AMONG_GOOD
    good = np.flatnonzero(seen.weights > 0.0)
    if np.ptp(seen.weights[good]) > 0.0:
        return _ends_of_graded(seen, pairs, level)
    # Whichever samples are good, among them it is a plain mean over pairs.
    among = [seen.items[place] for place in good]
    if distance == "exact":
        same = pair_interval(equal_pairs([item[1] for item in among], seen.counts[good]), level=level, equality=True)
        ends = None if same is None else (1.0 - same[1], 1.0 - same[0])
    else:
        ends = pair_interval(pairs_between(among, seen.counts[good], distance), level=level)
    return ends, _AMONG_GOOD


def _ends_of_graded(seen: _Seen, pairs: Pairs, level: float) -> tuple[tuple[float, float] | None, str]:
    from evalkit.stats.effective import bounded_interval
    from evalkit.stats.proportion import all_equal_interval

    counts, weights, whole = seen.counts, seen.weights, seen.all_weights()
    value = _share(pairs, whole)
    # As many samples of equal quality would weigh as evenly.
    n_good = float((counts @ weights) ** 2 / (counts @ weights**2))
    if value in {0.0, 1.0}:
        # Pairs that share no sample are trials.
        return all_equal_interval(value, max(1, int(n_good) // 2), bounds=(0.0, 1.0), level=level), (
            "exact bound: all pairs of some quality have the same distance"
        )
    if pairs.partly():
        return None, f"none: {pairs.partly()} were compared, and qualities differ"
    rest = whole - 2.0 * weights * seen.others()
    if (rest <= _ROUNDING * whole).any():
        return None, "none: one sample decides whether there are two of some quality"
    n = pairs.n
    left_out = (n * (n - 1) * pairs.mean() - 2.0 * pairs.sums()) / rest
    centre = float(counts @ left_out) / n
    variance = (n - 1) / n * float(counts @ (left_out - centre) ** 2)
    most = max(1.0, n_good * (n_good - 1.0) / 2.0)
    ends = bounded_interval(value, variance, max(1.0, n_good - 1.0), bounds=(0.0, 1.0), level=level, most_trials=most)
    return ends, "Beta ends at the effective number of trials, from the delete-one variance"


def _share(pairs: Pairs, whole: float) -> float:
    """Return the weighted mean distance; 0 or 1 where it is so up to rounding."""
    value = pairs.n * (pairs.n - 1) * pairs.mean() / whole
    return 0.0 if value < _ROUNDING else 1.0 if value > 1.0 - _ROUNDING else float(value)


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
    seen, pairs = _weighed(items, distance)
    whole = seen.all_weights()
    if whole <= 0.0:
        raise Undefined("no two samples have any quality")
    return _share(pairs, whole)
