"""What metrics need besides texts: each feature derived once for a prompt, with the options a metric asks for."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from evalkit import registry
from evalkit.nouns import JSON, CellOutcomes, Metric, MetricRequest, Undefined, canonical
from evalkit.nouns.ports import Tools
from evalkit.text.remembered import forget

Rows: TypeAlias = Any
_Key: TypeAlias = tuple[str, str]
"""A feature's name, and its options as JSON: an option may be a list or a mapping, which is no key."""


def derived(
    outcomes: Iterable[CellOutcomes], metrics: Sequence[Metric], tools: Tools
) -> Iterator[tuple[CellOutcomes, list[Mapping[str, Rows]]]]:
    """Yield each cell, with what each of the metrics needs of it: rows by name of the feature.

    Features see all cells of a prompt at once; where no metric needs any, one cell at a time is in memory. What was
    made of texts is forgotten after each prompt.

    Args:
        outcomes: Cells, prompts outermost.
        metrics: What will be measured.
        tools: What features may use.
    """
    try:
        yield from _of_prompts(outcomes, metrics, tools)
    finally:
        forget()


def _of_prompts(
    outcomes: Iterable[CellOutcomes], metrics: Sequence[Metric], tools: Tools
) -> Iterator[tuple[CellOutcomes, list[Mapping[str, Rows]]]]:
    prompts = itertools.groupby(outcomes, key=lambda found: found.cell.prompt.id)
    if not any(metric.features for metric in metrics):
        for _, group in prompts:
            forget()
            for found in group:
                yield found, [{} for _ in metrics]
        return
    tools = replace(tools, score=tools.score or score)
    asked = [_features_of(metric) for metric in metrics]
    wanted = dict.fromkeys(key for keys in asked for key in keys)
    features = {name: registry.find("features", name) for name, _ in wanted}
    for _, group in prompts:
        cells = list(group)
        forget()
        made: dict[_Key, Sequence[Rows]] = {}
        for name, options in wanted:
            made[name, options] = features[name](cells, tools, **json.loads(options))
        for place, found in enumerate(cells):
            yield found, [{key[0]: made[key][place] for key in keys} for keys in asked]


def score(name: str, options: Mapping[str, JSON], outcomes: CellOutcomes) -> Sequence[float | None]:
    """Return a metric of single samples for each sample of a cell; None for all where the cell has no value.

    Raises:
        UnknownNameError: There is no metric of that name.
        UsageError: It is no metric of single samples in [0, 1], or has no such option.
    """
    from evalkit.analysis.measure import values_of

    metric = _quality(name, canonical({option: value for option, value in options.items() if value is not None}))
    try:
        return values_of(metric, outcomes)
    except Undefined:
        return [None] * len(outcomes.samples)


@functools.lru_cache(maxsize=64)
def _quality(name: str, told: str) -> Metric:
    """Return the metric of a quality with those of the options, told as JSON, that it knows.

    Found once for many cells: looking a name up asks every installed package.
    """
    from evalkit.errors import UsageError
    from evalkit.metrics.base import bind, resolve
    from evalkit.nouns import Form

    metric = resolve(MetricRequest(name=name))
    known = dict(metric.defaults)
    metric = bind(metric, {option: value for option, value in json.loads(told).items() if option in known})
    if metric.form is not Form.SAMPLE or metric.bounds != (0.0, 1.0) or metric.features:
        raise UsageError(
            f"{name!r} can not be the quality of a sample", hint="name a metric of single samples between 0 and 1"
        )
    return metric


def _features_of(metric: Metric) -> list[_Key]:
    """Return the features a metric needs, each with those of the metric's options that are its own."""
    keys = []
    for name in metric.features:
        own = dict(registry.find("features", name).defaults)
        keys.append((name, json.dumps({option: value for option, value in metric.taken if option in own})))
    return keys
