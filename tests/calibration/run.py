"""Every experiment on every core; the same numbers whatever their order, since each has a stream of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from calibration import classes, comparisons, endpoint, order_k, pairs, prefixes, samples, shapes, trends, usual
from calibration.check import Check, Effort, Experiment

ROWS = (endpoint, comparisons, pairs, samples, classes, prefixes, trends, usual, shapes, order_k)
"""Modules whose `experiments` make up the table, the longest first."""


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of the table."""
    for module in ROWS:
        yield from module.experiments(effort)


def perform(effort: Effort, chosen: Sequence[Experiment] | None = None, *, workers: int | None = None) -> list[Check]:
    """Return the checks of experiments, by row, in the order in which they were asked for."""
    tried = list(experiments(effort)) if chosen is None else list(chosen)
    count = workers or os.cpu_count() or 1
    if count == 1:
        return _sorted(check for each in tried for check in each(effort))
    with ProcessPoolExecutor(count) as pool:
        return _sorted(check for checks in pool.map(partial(_one, effort=effort), tried) for check in checks)


def _one(experiment: Experiment, *, effort: Effort) -> list[Check]:
    return experiment(effort)


def _sorted(checks: Iterator[Check]) -> list[Check]:
    return sorted(checks, key=lambda check: check.row)
