"""A set of texts as a cell of a run, and the values of metrics for it, by the way every run takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evalkit.analysis.measure import items_of, measure_cell, values_of
from evalkit.deriving import derived
from evalkit.features.trigrams import Trigrams
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Measurement, MetricRequest, Prompt, Sample
from evalkit.nouns.ports import Tools


def cell_of(texts: Sequence[str], logprobs: str | None = None) -> CellOutcomes:
    """Return a cell with these texts as samples, all with the same log-probabilities."""
    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding(temperature=1.0))
    draws = (Draw(cell=cell, replicate=n) for n in range(len(texts)))
    samples = tuple(Sample(draw=d, text=text, logprobs=logprobs) for d, text in zip(draws, texts, strict=True))
    return CellOutcomes(cell=cell, samples=samples)


def measured(
    found: Sequence[str] | CellOutcomes, name: str, *, quality: Sequence[float] = (), **options: Any
) -> Measurement:
    """Return what a metric says of texts, or of a cell; vectors are hashed trigrams, the quality is as told."""
    outcomes = found if isinstance(found, CellOutcomes) else cell_of(found)
    metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
    metric = metric if metric.reads is None else bind(metric, {"meaning": "after"})
    tools = Tools(embedder=Trigrams(), score=lambda *_: [*quality])
    [(_, [rows])] = derived([outcomes], [metric], tools)
    return measure_cell(metric, outcomes, derived=rows)


def value(found: Sequence[str] | CellOutcomes, name: str, **options: Any) -> float | None:
    """Return the value of a metric; None where it is undefined. Options are as for `measured`."""
    return measured(found, name, **options).value


def each(texts: Sequence[str], name: str, **options: Any) -> list[float | None]:
    """Return the value of a metric of single samples for each text."""
    return values_of(resolve(MetricRequest(name=name, options=tuple(options.items()))), cell_of(texts))


def pairs(texts: Sequence[str], name: str, **options: Any) -> tuple[np.ndarray, list[Any]]:
    """Return a pair metric's (n, n) matrix, and what its function sees of each text."""
    metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
    seen = items_of(metric, cell_of(texts))
    return np.asarray(metric.function.matrix(seen)), seen


def upper(matrix: np.ndarray) -> np.ndarray:
    """Return the values of all unordered pairs, the first text's first."""
    return matrix[np.triu_indices(len(matrix), 1)]
