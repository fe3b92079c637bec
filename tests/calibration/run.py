"""Every experiment on every core; the same numbers whatever their order, since each has a stream of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from calibration import (
    classes,
    comparisons,
    endpoint,
    matched,
    order_k,
    pairs,
    prefixes,
    samples,
    shapes,
    temperatures,
    trends,
    usual,
)
from calibration.check import SECOND_LOOK, SECOND_SEED, Check, Effort, Experiment

ROWS = (endpoint, temperatures, comparisons, matched, pairs, samples, classes, prefixes, trends, usual, shapes, order_k)
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
        return _sorted(check for each in tried for check in looked_at(each, effort=effort))
    with ProcessPoolExecutor(count) as pool:
        return _sorted(check for checks in pool.map(partial(looked_at, effort=effort), tried) for check in checks)


def looked_at(experiment: Experiment, *, effort: Effort) -> list[Check]:
    """Return the checks of an experiment; where one is out of bounds, those of a second look.

    Among hundreds of checks some are out of bounds by chance. The second look has ten times as many runs and another
    seed, and its result stands, whatever it is.
    """
    checks = experiment(effort)
    if all(check.passed for check in checks):
        return checks
    again = experiment(replace(effort, runs=SECOND_LOOK * effort.runs, seed=SECOND_SEED))
    return [replace(check, setting=f"{check.setting}; second look, {check.runs:,} runs") for check in again]


def _sorted(checks: Iterator[Check]) -> list[Check]:
    return sorted(checks, key=lambda check: check.row)
