"""Cells measured where an executor has room for them: what travels, and what is looked up again there."""

from __future__ import annotations

import functools
import itertools
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.analysis.measure import measure_cell
from evalkit.deriving import derived
from evalkit.errors import EvalkitError
from evalkit.informing import informed
from evalkit.metrics.base import resolve
from evalkit.nouns import CellOutcomes, Measurement, Metric, MetricRequest, Probing, canonical
from evalkit.nouns.ports import Tools
from evalkit.sampling.executors.base import Executor
from evalkit.text.remembered import forget
from evalkit.threads import single_threaded


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """Cells that are measured together."""

    cells: Sequence[CellOutcomes]
    rows: Sequence[Sequence[Mapping[str, Any]]] | None
    """What metrics need of each cell; None where it is made of the cells alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A metric of this package or another's, by name: what it is made of is there already, and remembers for itself."""

    name: str
    options: str
    probings: tuple[Probing, ...] = field(hash=False)

    def metric(self) -> Metric:
        """Return the metric, found again."""
        wanted = MetricRequest(name=self.name, options=tuple(json.loads(self.options).items()))
        return informed(resolve(wanted), self.probings)


def spread(
    outcomes: Iterable[CellOutcomes],
    metrics: Mapping[str, Metric],
    *,
    tools: Tools,
    level: float,
    probings: Sequence[Probing],
    executor: Executor,
) -> Iterator[tuple[CellOutcomes, dict[str, Measurement]]]:
    """Yield each cell with its measurements by title, in the order of the cells, whoever measured them.

    A prompt's cells travel together where a metric needs features, else each alone. An embedder and a judge may be paid
    for, and keep what they made: they are asked here, and what they made travels with the cells.

    Args:
        outcomes: Cells, prompts outermost.
        metrics: By title, with what is known of the run's endpoint.
        tools: What features may use.
        level: Level of every interval, in (0, 1).
        probings: What was found out about the run's endpoint.
        executor: Where it is measured.
    """
    held: deque[Sequence[CellOutcomes]] = deque()

    def items() -> Iterator[_Item]:
        for item in _items(outcomes, list(metrics.values()), tools):
            held.append(item.cells)
            yield item

    told = tuple(_told(metric, tuple(probings)) for metric in metrics.values())
    work = functools.partial(_measured, told=told, score=tools.score, level=level)
    for found in executor.each(work, items()):
        for cell, own in zip(held.popleft(), found, strict=True):
            yield cell, dict(zip(metrics, own, strict=True))


def _items(outcomes: Iterable[CellOutcomes], metrics: Sequence[Metric], tools: Tools) -> Iterator[_Item]:
    if not any(metric.features for metric in metrics):
        for found in outcomes:
            yield _Item(cells=(found,), rows=None)
    elif tools.embedder is None and tools.judge is None:
        for _, group in itertools.groupby(outcomes, key=lambda found: found.cell.prompt.id):
            yield _Item(cells=tuple(group), rows=None)
    else:
        for found, rows in derived(outcomes, metrics, tools):
            yield _Item(cells=(found,), rows=(rows,))


def _told(metric: Metric, probings: tuple[Probing, ...]) -> _Told | Metric:
    """Return what of a metric travels: its name where that leads to the same metric, else itself."""
    told = _Told(name=metric.name, options=canonical(dict(metric.options)), probings=probings)
    try:
        return told if told.metric() == metric else metric
    except EvalkitError:
        return metric


@single_threaded
def _measured(item: _Item, *, told: tuple[_Told | Metric, ...], score: Any, level: float) -> list[list[Measurement]]:  # noqa: ANN401 - that of `Tools`
    """Return the measurements of each cell, in the order of the metrics."""
    metrics = [_found(each) if isinstance(each, _Told) else each for each in told]
    if item.rows is None:
        every: Iterable[tuple[CellOutcomes, Sequence[Mapping[str, Any]]]] = derived(
            item.cells, metrics, Tools(score=score)
        )
    else:
        every = zip(item.cells, item.rows, strict=True)
    try:
        return [
            [
                measure_cell(metric, cell, derived=needed, level=level)
                for metric, needed in zip(metrics, rows, strict=True)
            ]
            for cell, rows in every
        ]
    finally:
        forget()


@functools.lru_cache(maxsize=256)
def _found(told: _Told) -> Metric:
    """Return a metric, found once in a process."""
    return told.metric()
