"""One metric of one cell: texts in, a value with its interval out, or a reason why there is none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.analysis.meaning import refused_meaning
from evalkit.errors import StatisticsError
from evalkit.nouns import CellOutcomes, Form, Interval, Measurement, Metric, Undefined
from evalkit.stats.effective import bounded_interval
from evalkit.stats.jackknife import jackknife_interval
from evalkit.stats.pairs import Kernel, Pairs
from evalkit.stats.proportion import all_equal_interval, clopper_pearson
from evalkit.stats.rows import Rows
from evalkit.stats.shifted_pairs import shifted_pairs
from evalkit.stats.skewed import skewed_mean_interval
from evalkit.stats.student import mean_interval
from evalkit.stats.subsets import subsets_of
from evalkit.stats.ustatistic import jackknife_variance, pair_interval
from evalkit.text.remembered import until_forgotten

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NO_SPREAD = "none: the value hangs on the number of samples, so its spread over them is no guide"
_KEPT = 32  # cells and metrics
_KEPT_ORDERS = 2  # of the items of a cell
MOST_COMPARED = 3_000
"""Different items of which all pairs are compared, where a metric does not say; of more some are drawn."""
_OF_SHARE = "Clopper-Pearson interval over samples"
DEGENERATE = "none: all values are equal, and nothing is known of their spread"


@dataclass(frozen=True, slots=True)
class _Value:
    """A value, what it rests on, and the ends of its interval."""

    value: float
    n_samples: int
    ends: tuple[float, float] | None
    method: str
    variance: float | None = None


def measure_cell(
    metric: Metric, outcomes: CellOutcomes, *, derived: Mapping[str, Sequence[Any]] | None = None, level: float = 0.95
) -> Measurement:
    """Return a metric's value for a cell, with the interval its form allows.

    Every sample counts as a text, be it cut, refused or empty: leaving such texts out would measure a model that
    does not exist. Failures are no texts. The interval speaks of this prompt: of fresh samples, not of other
    prompts.

    Args:
        metric: What to measure.
        outcomes: What came of the cell.
        derived: For each feature the metric needs, one row for each sample, in their order.
        level: Level of the interval, in (0, 1).

    Raises:
        StatisticsError: The metric needs a feature, and there is not one row for each sample.
    """
    n = len(outcomes.samples)
    found: _Value | None = None
    reason: str | None = None
    fewest = max(1, metric.min_samples, metric.rarefied_to or 0)
    if n < fewest:
        refused = n == 0 and any(failure.unsupported for failure in outcomes.failures)
        reason = (
            "the endpoint refuses this temperature" if refused else f"{_samples(n)}, fewer than the {fewest} it takes"
        )
    elif (reason := refused_meaning(metric, outcomes)) is None:
        try:
            found = _VALUE_OF[metric.form](metric, outcomes, items_of(metric, outcomes, derived), level)
        except Undefined as undefined:
            reason = str(undefined) or "the metric has no value for these texts"
    return Measurement(
        metric=metric.title,
        prompt_id=outcomes.cell.prompt.id,
        temperature=outcomes.cell.temperature,
        value=None if found is None else found.value,
        undefined=reason,
        n_samples=n if found is None else found.n_samples,
        interval=None if found is None or found.ends is None else _interval(found.ends, level),
        method="none: there is no value" if found is None else found.method,
        variance=None if found is None else found.variance,
    )


def items_of(metric: Metric, outcomes: CellOutcomes, derived: Mapping[str, Sequence[Any]] | None = None) -> Any:  # noqa: ANN401 - what prepare or a feature makes
    """Return what the metric's function sees of each sample, in their order: one need alone, or tuples of several."""
    parts = [_part(metric, need, outcomes, derived or {}) for need in metric.needs if need != "reference"]
    return parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))


def _part(metric: Metric, need: str, outcomes: CellOutcomes, derived: Mapping[str, Sequence[Any]]) -> Sequence[Any]:
    if need == "samples":
        return outcomes.samples
    if need == "texts":
        texts = [sample.text for sample in outcomes.samples]
        if metric.prepare is None:
            return texts
        prepare = getattr(metric.prepare, "filled", metric.prepare)
        prepared = {text: prepare(text) for text in dict.fromkeys(texts)}
        return [prepared[text] for text in texts]
    n = len(outcomes.samples)
    rows = derived.get(need)
    if rows is None or len(rows) != n:
        given = "none" if rows is None else f"{len(rows)}"
        raise StatisticsError(
            f"{metric.title} needs {need}, a row for each of {_samples(n)}, and got {given}",
            hint="evalkit.measure derives them; measure_cell takes them as derived={...}",
        )
    return rows


def values_of(metric: Metric, outcomes: CellOutcomes, items: Sequence[Any] | None = None) -> list[float | None]:
    """Return a metric of single samples for each sample of a cell; None where it does not exist.

    Args:
        metric: A metric of single samples.
        outcomes: What came of the cell.
        items: What `items_of` gives; made here when None, which takes a metric without features.

    Raises:
        Undefined: It has no value for the whole cell, such as accuracy without a reference.
    """
    if metric.features:
        return _looked_at(metric, outcomes, items)
    parts = metric.function, metric.prepare
    for known, cell, values in _recent:  # a quality is looked at as such, and as a metric of its own
        if cell is outcomes and known == parts:
            return values
    values = _looked_at(metric, outcomes, items)
    _recent.insert(0, (parts, outcomes, values))
    del _recent[_KEPT:]
    return values


_recent: list[tuple[tuple[Any, Any], CellOutcomes, list[float | None]]] = []
until_forgotten(_recent)


def _looked_at(metric: Metric, outcomes: CellOutcomes, items: Sequence[Any] | None) -> list[float | None]:
    extra: tuple[str, ...] = ()
    if "reference" in metric.needs:
        if outcomes.cell.prompt.reference is None:
            raise Undefined("the prompt has no reference")
        extra = (outcomes.cell.prompt.reference,)
    items = items_of(metric, outcomes) if items is None else items
    function = getattr(metric.function, "filled", metric.function)
    sees = ("text",) if metric.needs[0] == "texts" else getattr(metric.function, "sees", ())
    if not sees:
        return [None if (given := function(each, *extra)) is None else _finite(given) for each in items]
    # What is the same to the function is looked at once.
    keys = list(map(attrgetter(*sees), outcomes.samples))
    different = dict(zip(keys, items, strict=True)).items()
    known = {key: None if (given := function(each, *extra)) is None else _finite(given) for key, each in different}
    return list(map(known.__getitem__, keys))


def _mean_over_samples(metric: Metric, outcomes: CellOutcomes, seen: Sequence[Any], level: float) -> _Value:
    values = np.array([value for value in values_of(metric, outcomes, seen) if value is not None], dtype=np.float64)
    n = len(values)
    if n < max(1, metric.min_samples):
        raise Undefined(f"only {_samples(n)} of {len(seen)} have a value")
    least, greatest = float(values.min()), float(values.max())
    if least == greatest:
        ends, method = _ends_of_equal(least, n, metric.bounds, level)
        return _Value(least, n, ends, method, 0.0 if n > 1 else None)
    mean = float(values.mean())
    apart = values - mean
    variance = float((apart * apart).sum()) / (n - 1) / n
    ends, method = _ends_of_mean(values, mean, variance, metric.bounds, level)
    return _Value(mean, n, ends, method, variance)


def _ends_of_equal(
    value: float, n: int, bounds: tuple[float, float], level: float
) -> tuple[tuple[float, float] | None, str]:
    if bounds == (0.0, 1.0) and value in bounds:
        return clopper_pearson(n * value, n, level=level), _OF_SHARE
    ends = all_equal_interval(value, n, bounds=bounds, level=level)
    return ends, DEGENERATE if ends is None else "exact bound: all samples have the same value"


def _ends_of_mean(
    values: NDArray[np.float64], mean: float, variance: float, bounds: tuple[float, float], level: float
) -> tuple[tuple[float, float] | None, str]:
    n = len(values)
    if bounds == (0.0, 1.0) and bool(((values == 0.0) | (values == 1.0)).all()):
        return clopper_pearson(float(values.sum()), n, level=level), _OF_SHARE
    if all(map(math.isfinite, bounds)):
        return bounded_interval(mean, variance, n - 1, bounds=bounds, level=level), (
            "Jeffreys interval at the effective number of samples"
        )
    if math.isfinite(bounds[0]):
        ends = skewed_mean_interval(values, low=bounds[0], level=level)
        return ends, DEGENERATE if ends is None else "t ends on a logarithmic scale and bootstrap-t over samples"
    return clipped(mean_interval(values, level=level), bounds), "t interval over samples"


def _mean_over_pairs(metric: Metric, outcomes: CellOutcomes, seen: Any, level: float) -> _Value:  # noqa: ANN401 - values or rows
    n = len(outcomes.samples)
    if n < 2:  # noqa: PLR2004 - a pair
        raise Undefined("one sample makes no pair")
    pairs = pairs_of(metric, [sample.text for sample in outcomes.samples], seen)
    least, greatest = pairs.extremes()
    if not math.isfinite(greatest - least):
        raise Undefined("the metric gave a number that is not finite")
    ends = pair_interval(pairs, bounds=metric.bounds, level=level, equality=metric.equality)
    partly = pairs.partly()
    if ends is None:
        method = DEGENERATE if least == greatest else "none: the metric has no lower bound"
    elif least == greatest:
        method = f"exact bound: all pairs have the same value{partly and f', of {partly}'}"
    elif partly:
        method = f"U-statistic estimated from {partly}, by shifts of a random order: variance of both parts"
    else:
        method = "U-statistic: jackknife variance, guarded"
    value = least if least == greatest else pairs.mean()
    return _Value(value, n, ends, method, jackknife_variance(pairs) if n > 2 else None)  # noqa: PLR2004 - leaves a pair


def pairs_of(metric: Metric, texts: Sequence[str], seen: Any) -> Pairs:  # noqa: ANN401 - values or rows
    """Return what is known of all pairs of samples, by the different ones and how often each came.

    Args:
        metric: A metric of pairs.
        texts: (n,) the samples' texts.
        seen: What `items_of` gives: what the metric's function sees of each.
    """
    places, counts = _different(metric, texts, seen)
    items = taken(seen, places)
    function = metric.function
    counted, short = getattr(function, "pairs", None), getattr(function, "matrix", None)
    found: Pairs | None = None if counted is None else counted(items, counts)
    if found is not None:
        return found
    most = int(getattr(function, "most", MOST_COMPARED))
    if len(places) > most:
        several = getattr(function, "of_several", None) or _one_by_one(metric)
        return shifted_pairs(counts, partial(several, items), most=most * most // 2)
    if short is not None:
        return Kernel(np.asarray(short(items), dtype=np.float64), counts)
    values = np.zeros((len(places), len(places)))
    for i in range(len(places)):
        for j in range(i if counts[i] > 1 else i + 1, len(places)):
            values[i, j] = values[j, i] = _finite(function(items[i], items[j]))
    return Kernel(values, counts)


def _different(metric: Metric, texts: Sequence[str], seen: Any) -> tuple[NDArray[np.intp], NDArray[np.float64]]:  # noqa: ANN401 - values or rows
    """Return the place of each different item and how often it came, in an order that does not hang on how they came.

    Equal texts have equal features, but for the quality, which may be one of the sample. Samples are never equal.
    """
    if "samples" in metric.needs:
        return np.arange(len(texts)), np.ones(len(texts))
    keys: Sequence[Any] = texts
    if "quality" in metric.needs and len(metric.needs) > 1:
        numbers = [need for need in metric.needs if need != "reference"].index("quality")
        qualities = [float(item[numbers]) for item in seen]
        one = dict(zip(texts, qualities, strict=True))
        # Where each text has one, its order is that of the texts.
        keys = texts if list(map(one.__getitem__, texts)) == qualities else list(zip(texts, qualities, strict=True))
    for known, found in _ordered:
        if known == keys:
            return found
    found = _in_order(keys)
    _ordered.insert(0, (keys, found))
    del _ordered[_KEPT_ORDERS:]
    return found


_ordered: list[tuple[Sequence[Any], tuple[NDArray[np.intp], NDArray[np.float64]]]] = []
until_forgotten(_ordered)


def _in_order(keys: Sequence[Any]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    if len(set(keys)) == len(keys):
        return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp), np.ones(len(keys))
    first: dict[Any, int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    times = Counter(keys)
    order = sorted(first)
    return np.array([first[key] for key in order]), np.array([float(times[key]) for key in order])


def _one_by_one(metric: Metric) -> Callable[[Any, NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]:
    def several(items: Any, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:  # noqa: ANN401 - items or rows
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        return np.array([_finite(metric.function(items[a], items[b])) for a, b in pairs])

    return several


def _of_all(metric: Metric, outcomes: CellOutcomes, seen: Any, level: float) -> _Value:  # noqa: ANN401 - items or rows
    n = len(outcomes.samples)
    if metric.rarefied_to is not None:
        return _Value(_rarefied(metric, outcomes, seen, metric.rarefied_to), n, None, _NO_SPREAD)
    value = _finite(metric.function(seen))
    if metric.interval is not None:
        own, how = metric.interval(seen, level)
        return _Value(value, n, clipped(own, metric.bounds), how)
    if metric.depends_on_n:
        return _Value(value, n, None, _NO_SPREAD)
    if metric.order and value in metric.bounds:
        # At an end of the range every subset has the same value, and subsets that share no sample are trials.
        ends = all_equal_interval(value, n // metric.order, bounds=metric.bounds, level=level)
        return _Value(value, n, ends, DEGENERATE if ends is None else "exact bound: all subsets have the same value")
    try:
        kept = (np.delete(np.arange(n), i) for i in range(n))
        left_out = [_finite(metric.function(taken(seen, rest))) for rest in kept] if n > metric.min_samples else []
    except Undefined:
        left_out = []
    ends = clipped(jackknife_interval(value, left_out, level=level), metric.bounds)
    if ends is not None:
        return _Value(value, n, ends, "delete-one jackknife over samples")
    return _Value(value, n, None, DEGENERATE if left_out else "none: too few samples for a spread")


def _rarefied(metric: Metric, outcomes: CellOutcomes, seen: Any, size: int) -> float:  # noqa: ANN401 - items or rows
    """Return the mean over subsets of a size: all of them where they are few, else some drawn by a fixed seed."""
    order = sorted(range(len(outcomes.samples)), key=lambda place: outcomes.samples[place].text)
    subsets = subsets_of(len(order), size, seed="rarefaction")
    found = [_finite(metric.function(taken(seen, [order[place] for place in subset]))) for subset in subsets]
    return math.fsum(found) / len(found)


def taken(seen: Any, places: Sequence[int] | NDArray[np.intp]) -> Any:  # noqa: ANN401 - items or rows
    """Return the items at some places, as a table where they are one."""
    return seen[places] if isinstance(seen, np.ndarray | Rows) else [seen[place] for place in places]


def clipped(ends: tuple[float, float] | None, bounds: tuple[float, float]) -> tuple[float, float] | None:
    """Return the ends moved inside the bounds; None when nothing is left between them."""
    if ends is None:
        return None
    low, high = max(ends[0], bounds[0]), min(ends[1], bounds[1])
    return (low, high) if low < high else None


def _interval(ends: tuple[float, float], level: float) -> Interval:
    return Interval(low=ends[0], high=ends[1], level=level)


def _finite(given: Any) -> float:  # noqa: ANN401 - a metric is anybody's code
    if given is None or not math.isfinite(number := float(given)):
        raise Undefined("the metric gave a number that is not finite" if given is not None else "the metric gave none")
    return number


def _samples(n: int) -> str:
    return "1 sample" if n == 1 else f"{n} samples"


_VALUE_OF = {Form.SAMPLE: _mean_over_samples, Form.PAIR: _mean_over_pairs, Form.SET: _of_all}
