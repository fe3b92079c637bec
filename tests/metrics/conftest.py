"""Reference values made with other people's libraries, where they are present; a way to ask for a metric."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalkit.metrics.base import resolve
from evalkit.nouns import Form, Metric, MetricRequest, Undefined

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "metrics.json"


@pytest.fixture(scope="session")
def oracle() -> dict[str, Any]:
    """Return the reference values; skips where the file is absent."""
    if not ORACLE.exists():
        pytest.skip("the reference values (../shared/oracles/metrics.json) are not here")
    return json.loads(ORACLE.read_text(encoding="utf-8"))


@pytest.fixture
def of_cell() -> Callable[..., float]:
    """Return a function of a metric and the texts of a cell: the value of the cell."""

    def measure(name: str, texts: Sequence[str], **options: Any) -> float:
        metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
        return value_of(metric, [text if metric.prepare is None else metric.prepare(text) for text in texts])

    return measure


@pytest.fixture
def of_prepared() -> Callable[[Metric, Sequence[Any]], float]:
    """Return a function of a metric and what its function sees of a cell: the value of the cell."""
    return value_of


def value_of(metric: Metric, seen: Sequence[Any]) -> float:
    """Return the value of a cell, from what the metric's function sees of its texts."""
    if metric.form is Form.SET:
        return metric.function(seen)
    if metric.form is Form.SAMPLE:
        values = [value for each in seen if (value := metric.function(each)) is not None]
        if not values:
            raise Undefined("no text has a value")
        return float(np.mean(values))
    return float(metric.function.matrix(seen)[np.triu_indices(len(seen), 1)].mean())
