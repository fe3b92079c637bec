"""How texts become a value and an interval: by the product's own way, from cell to measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from evalkit.analysis.measure import measure_cell
from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Endpoint,
    Measurement,
    Message,
    Metric,
    MetricRequest,
    Prompt,
    Sample,
)

Ends: TypeAlias = tuple[float, float]
Reading: TypeAlias = tuple[float | None, Ends | None]
"""A value and the ends of its interval."""
Reader: TypeAlias = Callable[[Sequence[str]], Reading]
"""What makes a reading of a cell's texts; exchanged where a fault is planted."""


def cell_of(
    texts: Sequence[str], prompt_id: str = "p", temperature: float = 1.0, told: Sequence[str | None] | None = None
) -> CellOutcomes:
    """Return the outcomes of a cell whose samples have these texts, and these log-probabilities where told."""
    prompt = Prompt(id=prompt_id, messages=(Message(role="user", content=prompt_id),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=temperature))
    samples = (
        Sample(draw=Draw(cell=cell, replicate=i), text=text, logprobs=logprobs)
        for i, (text, logprobs) in enumerate(zip(texts, told or [None] * len(texts), strict=True))
    )
    return CellOutcomes(cell=cell, samples=tuple(samples))


@dataclass(frozen=True)
class Measured:
    """The reader of a metric: its measurement of a cell."""

    name: str
    options: tuple[tuple[str, object], ...] = ()

    @cached_property
    def metric(self) -> Metric:
        """The metric with its options."""
        return resolve(MetricRequest(name=self.name, options=self.options))

    def measurement(self, texts: Sequence[str], prompt_id: str = "p", temperature: float = 1.0) -> Measurement:
        """Return the metric's measurement of a cell with these texts."""
        return measure_cell(self.metric, cell_of(texts, prompt_id, temperature))

    def __call__(self, texts: Sequence[str]) -> Reading:
        """Return value and ends."""
        return reading_of(self.measurement(texts))


def reading_of(found: Measurement) -> Reading:
    """Return value and ends of a measurement."""
    return found.value, None if found.interval is None else (found.interval.low, found.interval.high)
