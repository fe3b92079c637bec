"""What is known of a run's endpoint, told to the metrics that hang on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evalkit.analysis.meaning import meaning_of
from evalkit.metrics.base import bind
from evalkit.nouns import LogprobMeaning, Metric, Probing, Reads


def informed(metric: Metric, probings: Iterable[Probing]) -> Metric:
    """Return a metric of a run that knows of which distribution the run's log-probabilities are, its title as it was.

    One that reads none, or was told by its option, is left as it is.

    Args:
        metric: Any metric.
        probings: What was found out about the run's endpoint, oldest first.
    """
    if metric.reads is None or "meaning" in dict(metric.options):
        return metric
    found = meaning_of(probings)
    if found.temperature is None:
        return replace(metric, meaning=found)
    return replace(bind(metric, {"meaning": found.temperature}), meaning=found, options=metric.options)


def informed_alike(metric: Metric, baseline: Iterable[Probing], candidate: Iterable[Probing]) -> tuple[Metric, Metric]:
    """Return a metric for each of two runs that are compared; none has a value where it would be of another thing.

    Args:
        metric: Any metric.
        baseline: What was found out about the endpoint of the earlier one, oldest first.
        candidate: The same of the later one.
    """
    first, second = informed(metric, baseline), informed(metric, candidate)
    sides = {first.meaning.temperature, second.meaning.temperature}
    if metric.reads is Reads.TOLD and None not in sides and len(sides) > 1:
        return replace(first, meaning=LogprobMeaning.UNLIKE), replace(second, meaning=LogprobMeaning.UNLIKE)
    return first, second
