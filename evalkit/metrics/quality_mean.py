"""Quality mean: how good samples are, by the quality that the QD index weighs with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evalkit.errors import UsageError
from evalkit.metrics.base import resolve, sample_metric
from evalkit.nouns import JSON, Form, MetricRequest, Panel, Undefined


def quality_checked(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    """Return nothing that follows, having made sure that the quality exists, before any answer is paid for.

    Raises:
        UnknownNameError: There is no metric of that name.
        UsageError: It is no metric of single samples in [0, 1], or refuses one of its options.
    """
    name = str(options["quality"])
    metric = resolve(MetricRequest(name=name))
    if metric.form is not Form.SAMPLE or metric.bounds != (0.0, 1.0) or metric.features:
        raise UsageError(
            f"{name!r} can not be the quality of a sample", hint="name a metric of single samples between 0 and 1"
        )
    known = dict(metric.defaults)
    given = {option: value for option, value in options.items() if option in known and value is not None}
    resolve(MetricRequest(name=name, options=tuple(sorted(given.items()))))
    return {}


@sample_metric(
    panel=Panel.PARTS, unit="share", bounds=(0.0, 1.0), quality=1, needs="quality", of_options=quality_checked
)
def quality_mean(quality: float) -> float:
    """Return the quality of a sample, in [0, 1]; up is better.

    Which quality is chosen by `quality`, the name of any metric of single samples in [0, 1], such as ``validity``
    (the default) or ``accuracy``; its options are given here too. It is one of the three numbers to print together:
    `qd_index` is about this mean squared times `weighted_distance`. Where a sample has no quality, such as accuracy
    without a reference, the cell has none.

    References:
        Definition by this project.
    """
    if math.isnan(quality):
        raise Undefined("a sample has no quality, such as accuracy without a reference")
    return float(quality)
