"""An interval that may be looked at while sampling goes on, so that sampling can stop once it is narrow enough."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.analysis.measure import items_of, measure_cell, values_of
from evalkit.errors import StatisticsError
from evalkit.nouns import CellOutcomes, Form, Interval, Metric, Undefined
from evalkit.stats.sequential import BinarySequence, BoundedSequence, ConfidenceSequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-9
_MANY, _USUAL_GRID, _FINE_GRID = 2000, 1001, 4001  # after so many rounds an interval asks for a finer grid

Derived = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anytime:
    """A value with an interval that is valid whenever sampling stopped."""

    value: float | None
    """The usual estimate: the mean over prompts of each one's value; None when it does not exist."""
    interval: Interval | None
    """Of a confidence sequence, for fresh samples of these prompts; None when there is none."""
    n_samples: int
    """Samples the value rests on, over all prompts."""
    n_rounds: int
    """Independent rounds that were fed to the confidence sequence; 0 where there is none."""
    method: str
    """How the interval was made, or why there is none."""
    reason: str
    """Why there is no interval; empty when there is one."""


def anytime(
    metric: Metric, cells: Sequence[CellOutcomes], *, derived: Sequence[Derived] | None = None, level: float = 0.95
) -> Anytime:
    """Return a metric of some prompts at one temperature, with an interval that any rule for stopping may look at.

    The chance that it ever misses the truth, at any of its looks, is at most 1 - level. It is made of rounds, one of
    each prompt, averaged: a sample in the order of replicates, or for a metric of pairs the next two samples, since
    pairs that share none are independent. Prompts with more samples than others add to the value alone. The promise
    takes a source that stays what it is, and rows of features that hang on their own sample alone.

    Args:
        metric: What to measure: a bounded metric of samples or pairs.
        cells: What came of each prompt, all at one temperature.
        derived: For each cell the features the metric needs, as `measure_cell` takes them.
        level: Level of the interval, in (0, 1).

    Raises:
        StatisticsError: The cells are of several temperatures, or a feature is missing.

    References:
        I. Waudby-Smith, A. Ramdas, "Estimating Means of Bounded Random Variables by Betting", Journal of the Royal
        Statistical Society B 86(1), 1-27 (2024).
        H. Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
        Statistics 41(5), 1397-1409 (1970), for whether two samples of one prompt are the same.
        W. Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", Journal of the American
        Statistical Association 58, 13-30 (1963), section 5, for disjoint pairs.
    """
    if len({cell.cell.temperature for cell in cells}) > 1:
        raise StatisticsError("a confidence sequence takes cells of one temperature")
    rows: Sequence[Derived] = [{}] * len(cells) if derived is None else derived
    measured = [measure_cell(metric, cell, derived=row, level=level) for cell, row in zip(cells, rows, strict=True)]
    known = [m.value for m in measured if m.value is not None]
    value = None
    if known:
        value = known[0] if min(known) == max(known) else math.fsum(known) / len(known)
    ends, reason, rounds = None, _refusal(metric, len(cells)), np.zeros(0)
    missing = [m for m in measured if m.value is None]
    if not reason and missing:
        reason = f"prompt {missing[0].prompt_id} has no value: {missing[0].undefined}"
    if not reason:
        try:
            rounds = _rounds(metric, cells, rows)
            ends = _ends(metric, rounds, len(cells), level)
        except Undefined as undefined:
            reason = str(undefined)
    if value is None or ends is None:
        interval, method = None, f"none: {reason}"
    else:
        # Disjoint pairs tell less than all of them, so the value may lie beyond what they leave open.
        interval = Interval(low=min(ends[0], value), high=max(ends[1], value), level=level)
        method = f"confidence sequence over {_told(metric, len(rounds), len(cells))}: valid whenever sampling stopped"
    return Anytime(
        value=value,
        interval=interval,
        n_samples=sum(m.n_samples for m in measured if m.value is not None),
        n_rounds=len(rounds),
        method=method,
        reason=reason,
    )


def narrow_enough(found: Anytime, precision: float) -> bool:
    """Return whether the interval reaches no farther than the precision to either side of its middle.

    Args:
        found: What was seen so far; without an interval it is never narrow.
        precision: Half the width to be reached, above 0, in units of the metric.
    """
    return found.interval is not None and found.interval.width / 2.0 <= precision


def _refusal(metric: Metric, n_cells: int) -> str:
    """Return why no confidence sequence can be had, whatever comes; empty when it can."""
    if not n_cells:
        return "there is no cell"
    if metric.form is Form.SET:
        return f"{metric.words} is made of all samples at once, so it is no mean over independent rounds"
    if not all(map(math.isfinite, metric.bounds)):
        return f"{metric.words} has no bounds on both sides, and without them rare values may be of any size"
    if metric.depends_on_n:
        return f"{metric.words} changes with the number of samples, so its rounds have no constant mean"
    return ""


def _rounds(metric: Metric, cells: Sequence[CellOutcomes], rows: Sequence[Derived]) -> NDArray[np.float64]:
    """Return the mean over prompts of each round's values, in their order; shape (rounds,), one or more.

    Raises:
        Undefined: A sample or a pair has no value, or one beyond the metric's bounds.
    """
    fewest = min(len(cell.samples) for cell in cells)
    seen = [items_of(metric, cell, row) for cell, row in zip(cells, rows, strict=True)]
    if metric.form is Form.SAMPLE:
        values = [_of_samples(metric, cell, items)[:fewest] for cell, items in zip(cells, seen, strict=True)]
    else:
        values = [_of_pairs(metric, items, fewest // 2) for items in seen]
    means: NDArray[np.float64] = np.mean(np.asarray(values, dtype=np.float64), axis=0)
    low, high = metric.bounds
    wrong = means[~((means >= low - _ROUNDING) & (means <= high + _ROUNDING))]
    if len(wrong):
        raise Undefined(f"the metric gave {wrong[0]:g}, which is not between its bounds")
    clipped: NDArray[np.float64] = np.clip(means, low, high)
    return clipped


def _of_samples(metric: Metric, cell: CellOutcomes, items: Sequence[Any]) -> list[float]:
    values = values_of(metric, cell, items)
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        lost = len(values) - len(known)
        raise Undefined(f"{lost} of {len(values)} samples of prompt {cell.cell.prompt.id} have no value")
    return known


def _of_pairs(metric: Metric, items: Any, n_pairs: int) -> list[float]:  # noqa: ANN401 - items or rows
    return [float(metric.function(items[2 * pair], items[2 * pair + 1])) for pair in range(n_pairs)]


def _ends(metric: Metric, rounds: NDArray[np.float64], n_cells: int, level: float) -> tuple[float, float]:
    """Return the ends after all rounds.

    Which sequence it is must not hang on what was seen: only where the metric itself says so are values 0 or 1.

    Raises:
        Undefined: No constant mean fits the rounds.
    """
    binary = n_cells == 1 and metric.equality and bool(np.isin(rounds, (0.0, 1.0)).all())
    points = _USUAL_GRID if len(rounds) <= _MANY else _FINE_GRID
    sequence: ConfidenceSequence = (
        BinarySequence(level=level) if binary else BoundedSequence(level=level, bounds=metric.bounds, points=points)
    )
    ends = metric.bounds
    for each in rounds.tolist():
        found = sequence.add(each)
        if found is None:
            raise Undefined("no constant mean fits what came: the source changed while it was sampled")
        ends = found
    return ends


def _told(metric: Metric, n_rounds: int, n_cells: int) -> str:
    """Return what the rounds were, in words."""
    of_samples = metric.form is Form.SAMPLE
    if n_cells > 1:
        rounds = "1 round" if n_rounds == 1 else f"{n_rounds} rounds"
        return f"{rounds} of {'samples' if of_samples else 'disjoint pairs'}, one of each of {n_cells} prompts"
    if n_rounds == 1:
        return "1 sample" if of_samples else "1 pair"
    return f"{n_rounds} {'samples' if of_samples else 'disjoint pairs'}"
