"""Makers of cells, metrics and measurements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Endpoint,
    Failure,
    Measurement,
    Metric,
    MetricRequest,
    Mode,
    Prompt,
    Sample,
)


@pytest.fixture
def cell_of() -> Callable[..., CellOutcomes]:
    """Return a maker of cells: texts, and what differs from a plain cell; keywords of all samples in `sample`."""

    def make(
        texts: Sequence[str],
        *,
        prompt: str = "p1",
        temperature: float = 1.0,
        reference: str | None = None,
        failures: int = 0,
        mode: Mode = Mode.SEPARATE,
        ids: Sequence[str] | None = None,
        **sample: object,
    ) -> CellOutcomes:
        cell = Cell(
            endpoint=Endpoint(model="m"),
            prompt=Prompt(id=prompt, messages=(), reference=reference),
            decoding=Decoding(temperature=temperature),
            mode=mode,
        )
        samples = [Sample(draw=Draw(cell=cell, replicate=i), text=text, **sample) for i, text in enumerate(texts)]
        if ids is not None:
            samples = [replace(each, response_id=name) for each, name in zip(samples, ids, strict=True)]
        lost = range(len(texts), len(texts) + failures)
        return CellOutcomes(
            cell=cell,
            samples=tuple(samples),
            failures=tuple(
                Failure(draw=Draw(cell=cell, replicate=i), error="timeout", message="too late") for i in lost
            ),
        )

    return make


@pytest.fixture
def metric_of() -> Callable[..., Metric]:
    """Return a function of a metric's name and options: the metric."""
    return lambda name, **options: resolve(MetricRequest(name=name, options=tuple(options.items())))


@pytest.fixture
def measured() -> Callable[..., list[Measurement]]:
    """Return a maker of measurements: rows of values by prompt, columns by temperature; None where undefined."""

    def make(
        rows: Sequence[Sequence[float | None]],
        *,
        temperatures: Sequence[float] | None = None,
        n_samples: int = 20,
        metric: str = "exact_agreement",
    ) -> list[Measurement]:
        return [
            Measurement(
                metric=metric,
                prompt_id=f"p{i}",
                temperature=float(j) if temperatures is None else temperatures[j],
                value=value,
                undefined="nothing was measured" if value is None else None,
                n_samples=n_samples,
            )
            for i, row in enumerate(rows)
            for j, value in enumerate(row)
        ]

    return make
