"""What is known of a run's endpoint, told to the metrics that hang on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evalkit.analysis.meaning import meaning_of
from evalkit.metrics.base import bind
from evalkit.nouns import Caution, LogprobMeaning, Metric, Probing, Reads


def informed(metric: Metric, probings: Iterable[Probing]) -> Metric:
    """Return a metric of a run that knows of which distribution the run's log-probabilities are, its title as it was.

    One that reads none is left as it is. One that was told by its option believes that, but for lists that a probe
    found to add up to 1: what lies outside of them nobody can say.

    Args:
        metric: Any metric.
        probings: What was found out about the run's endpoint, oldest first.
    """
    if metric.reads is None:
        return metric
    found = meaning_of(probings)
    if "meaning" in dict(metric.options):
        of_list = next(
            (each for each in LogprobMeaning if each.of_list and each.temperature == metric.meaning.temperature), None
        )
        return replace(metric, meaning=of_list) if found.of_list and of_list is not None else metric
    if found.temperature is None:
        return replace(metric, meaning=found)
    return replace(bind(metric, {"meaning": found.temperature}), meaning=found, options=metric.options)


def contradicted(metrics: Iterable[Metric], probings: Iterable[Probing]) -> tuple[Caution, ...]:
    """Return the caution that metrics were told another meaning of log-probabilities than a probe found, if so."""
    found = meaning_of(probings)
    told = [
        m.title
        for m in metrics
        if m.reads and "meaning" in dict(m.options) and m.meaning.temperature != found.temperature
    ]
    if not told or found.temperature is None:
        return ()
    return (
        Caution(
            slug="meaning-contradicted",
            fact=f"{', '.join(told)} take log-probabilities for those of another side of the temperature than a probe"
            f" found: {found.temperature} it.",
            meaning="Where the probe is right, their values are of something else than their names say.",
            remedy="Leave the option meaning out, and it is as the probe found it.",
        ),
    )


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
