"""What is known of a run's endpoint, told to the metrics that hang on it."""

from __future__ import annotations

from dataclasses import replace

from evalkit.analysis.meaning import meaning_of
from evalkit.metrics.base import bind
from evalkit.nouns import LogprobMeaning, Metric, Reads, Run


def informed(metric: Metric, run: Run) -> Metric:
    """Return a metric of a run that knows of which distribution the run's log-probabilities are, its title as it was.

    One that reads none, or was told by its option, is left as it is.

    Args:
        metric: Any metric.
        run: What is to be measured, with what was found out about its endpoint.
    """
    if metric.reads is None or "meaning" in dict(metric.options):
        return metric
    found = meaning_of(run.probings)
    if found.temperature is None:
        return replace(metric, meaning=found)
    return replace(bind(metric, {"meaning": found.temperature}), meaning=found, options=metric.options)


def informed_alike(metric: Metric, baseline: Run, candidate: Run) -> tuple[Metric, Metric]:
    """Return a metric for each of two runs that are compared; none has a value where it would be of another thing.

    Args:
        metric: Any metric.
        baseline: The earlier run.
        candidate: The later run.
    """
    first, second = informed(metric, baseline), informed(metric, candidate)
    sides = {first.meaning.temperature, second.meaning.temperature}
    if metric.reads is Reads.TOLD and None not in sides and len(sides) > 1:
        return replace(first, meaning=LogprobMeaning.UNLIKE), replace(second, meaning=LogprobMeaning.UNLIKE)
    return first, second
