"""One metric of one cell: texts in, a value with its interval out, or a reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.errors import StatisticsError
from evalkit.nouns import CellOutcomes, Form, Interval, Measurement, Metric, Undefined
from evalkit.stats.effective import bounded_interval
from evalkit.stats.jackknife import jackknife_interval
from evalkit.stats.proportion import all_equal_interval, clopper_pearson
from evalkit.stats.student import mean_interval
from evalkit.stats.ustatistic import pair_interval, pair_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEGENERATE = "none: all values are equal, and nothing is known of their spread"


@dataclass(frozen=True, slots=True)
class _Value:
    """A value, what it rests on, and the ends of its interval."""

    value: float
    n_samples: int
    ends: tuple[float, float] | None
    method: str


def measure_cell(
    metric: Metric, outcomes: CellOutcomes, *, vectors: NDArray[np.float64] | None = None, level: float = 0.95
) -> Measurement:
    """Return a metric's value for a cell, with the interval its form allows.

    Every sample counts as a text, be it cut, refused or empty: leaving such texts out would measure a model that
    does not exist. Failures are no texts. The interval speaks of this prompt: of fresh samples, not of other
    prompts.

    Args:
        metric: What to measure.
        outcomes: What came of the cell.
        vectors: (n, d) rows for the samples in their order; for metrics that need vectors.
        level: Level of the interval, in (0, 1).

    Raises:
        StatisticsError: The metric needs vectors, and there is not one for each sample.
    """
    n = len(outcomes.samples)
    found: _Value | None = None
    reason: str | None = None
    if n < metric.min_samples or not n:
        reason = f"{_samples(n)}, fewer than the {max(1, metric.min_samples)} it takes"
    else:
        try:
            found = _VALUE_OF[metric.form](metric, outcomes, _seen(metric, outcomes, vectors), level)
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
    )


def _seen(metric: Metric, outcomes: CellOutcomes, vectors: NDArray[np.float64] | None) -> Any:  # noqa: ANN401 - what prepare makes
    """Return what the metric's function sees of the samples, in their order."""
    n = len(outcomes.samples)
    if metric.needs == "vectors":
        if vectors is None or len(vectors) != n:
            given = "none" if vectors is None else f"{len(vectors)}"
            raise StatisticsError(f"{metric.title} needs a vector for each of {_samples(n)}, and got {given}")
        return vectors
    texts = [sample.text for sample in outcomes.samples]
    if metric.prepare is None:
        return texts
    prepared = {text: metric.prepare(text) for text in dict.fromkeys(texts)}
    return [prepared[text] for text in texts]


def _mean_over_samples(metric: Metric, outcomes: CellOutcomes, seen: Sequence[Any], level: float) -> _Value:
    extra: tuple[str, ...] = ()
    if metric.needs == "reference":
        if outcomes.cell.prompt.reference is None:
            raise Undefined("the prompt has no reference")
        extra = (outcomes.cell.prompt.reference,)
    known: dict[str, float | None] = {}
    for sample, each in zip(outcomes.samples, seen, strict=True):
        if sample.text not in known:
            given = metric.function(each, *extra)
            known[sample.text] = None if given is None else _finite(given)
    values = np.array([v for sample in outcomes.samples if (v := known[sample.text]) is not None], dtype=np.float64)
    if len(values) < max(1, metric.min_samples):
        raise Undefined(f"only {_samples(len(values))} of {len(seen)} have a value")
    ends, method = _ends_of_mean(values, metric.bounds, level)
    equal = bool(np.ptp(values) == 0.0)
    return _Value(float(values[0] if equal else values.mean()), len(values), ends, method)


def _ends_of_mean(
    values: NDArray[np.float64], bounds: tuple[float, float], level: float
) -> tuple[tuple[float, float] | None, str]:
    n = len(values)
    if bounds == (0.0, 1.0) and bool(np.isin(values, (0.0, 1.0)).all()):
        return clopper_pearson(float(values.sum()), n, level=level), "Clopper-Pearson interval over samples"
    if np.ptp(values) == 0.0:
        ends = all_equal_interval(float(values[0]), n, bounds=bounds, level=level)
        return ends, DEGENERATE if ends is None else "exact bound: all samples have the same value"
    if all(map(math.isfinite, bounds)):
        variance = float(values.var(ddof=1)) / n
        ends = bounded_interval(float(values.mean()), variance, n - 1, bounds=bounds, level=level)
        return ends, "Jeffreys interval at the effective number of samples"
    return clipped(mean_interval(values, level=level), bounds), "t interval over samples"


def _mean_over_pairs(metric: Metric, outcomes: CellOutcomes, seen: Any, level: float) -> _Value:  # noqa: ANN401 - values or rows
    n = len(outcomes.samples)
    if n < 2:  # noqa: PLR2004 - a pair
        raise Undefined("one sample makes no pair")
    matrix = _pairs(metric, [sample.text for sample in outcomes.samples], seen)
    pairs = matrix[np.triu_indices(n, 1)]
    if not np.isfinite(pairs).all():
        raise Undefined("the metric gave a number that is not finite")
    equality = metric.unit == "probability" and bool(np.isin(pairs, (0.0, 1.0)).all())
    ends = pair_interval(matrix, bounds=metric.bounds, level=level, equality=equality)
    value = float(pairs[0]) if np.ptp(pairs) == 0.0 else pair_mean(matrix)
    if ends is not None:
        exact = "exact bound: all pairs have the same value"
        method = exact if np.ptp(pairs) == 0.0 else "U-statistic: jackknife variance, guarded"
    else:
        method = DEGENERATE if np.ptp(pairs) == 0.0 else "none: the metric has no lower bound"
    return _Value(value, n, ends, method)


def _pairs(metric: Metric, texts: Sequence[str], seen: Any) -> NDArray[np.float64]:  # noqa: ANN401 - values or rows
    """Return the (n, n) matrix of the metric, by its short way or pair by pair over different texts."""
    short = getattr(metric.function, "matrix", None)
    if short is not None:
        return np.asarray(short(seen), dtype=np.float64)
    # Equal texts have equal rows too, so different texts are enough.
    index: dict[Hashable, int] = {}
    codes = np.array([index.setdefault(text, len(index)) for text in texts])
    first = [int(np.flatnonzero(codes == code)[0]) for code in range(len(index))]
    small = np.zeros((len(first), len(first)))
    for i, a in enumerate(first):
        repeated = int((codes == i).sum()) > 1
        for j in range(i if repeated else i + 1, len(first)):
            small[i, j] = small[j, i] = _finite(metric.function(seen[a], seen[first[j]]))
    return np.asarray(small[np.ix_(codes, codes)], dtype=np.float64)


def _of_all(metric: Metric, outcomes: CellOutcomes, seen: Any, level: float) -> _Value:  # noqa: ANN401 - values or rows
    n = len(outcomes.samples)
    value = _finite(metric.function(seen))
    if metric.depends_on_n:
        return _Value(
            value, n, None, "none: the value hangs on the number of samples, so its spread over them is no guide"
        )
    try:
        kept = (np.delete(np.arange(n), i) for i in range(n))
        left_out = [_finite(metric.function(_taken(seen, rest))) for rest in kept] if n > metric.min_samples else []
    except Undefined:
        left_out = []
    ends = clipped(jackknife_interval(value, left_out, level=level), metric.bounds)
    if ends is not None:
        return _Value(value, n, ends, "delete-one jackknife over samples")
    return _Value(value, n, None, DEGENERATE if left_out else "none: too few samples for a spread")


def _taken(seen: Any, rest: NDArray[np.intp]) -> Any:  # noqa: ANN401 - values or rows
    return seen[rest] if isinstance(seen, np.ndarray) else [seen[i] for i in rest]


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
