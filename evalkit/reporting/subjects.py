"""What a plot draws, found by the name of its noun among all that was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from evalkit.errors import StatisticsError, UnknownNameError, UsageError
from evalkit.nouns import Comparison, Curve, Forest, Frontier, Matching, Overlay
from evalkit.reporting.findings import Findings
from evalkit.reporting.headline import heading, main_curve
from evalkit.reporting.peak import frontier_of
from evalkit.text.visible import visible

_OF_COMPARISONS = frozenset(noun.__name__ for noun in (Comparison, Forest, Matching, Overlay))


def subject_of(accepts: str, found: Findings | Comparison, metric: str | None = None) -> object:
    """Return the noun that a plot draws, out of a run's findings or a comparison.

    It is the curve of a metric, or the two curves that a metric is made of, or what the findings hold by that type's
    name: itself, or the first of several.

    Args:
        accepts: Name of the noun's type, as the plot says.
        found: Where to look.
        metric: Title or name of a metric; the one that the headline rests on when None.

    Raises:
        StatisticsError: Such a noun was not found in this run.
        UsageError: The plot draws comparisons, and this is a run; or the other way round.
        UnknownNameError: The metric was not measured.
    """
    if isinstance(found, Comparison):
        return _of_comparison(accepts, found, metric)
    if accepts in _OF_COMPARISONS:
        raise UsageError("this plot draws a comparison", hint="name the other run by --baseline")
    curves = tuple(found.curves.values())
    if accepts == Curve.__name__:
        return _chosen(curves, metric)
    if accepts == Frontier.__name__:
        wanted = curves if metric is None else (_chosen(curves, metric),)
        made = (frontier_of(curve, found.curves) for curve in wanted)
        nouns: Iterable[object] = [frontier for frontier in made if frontier is not None]
        why = "it takes qd_index, quality_mean and weighted_distance, measured with the same options"
    else:
        nouns, why = _held(found), "this run gives none"
    for noun in nouns:
        if type(noun).__name__ == accepts:
            return noun
    raise StatisticsError(f"there is no {accepts} to draw: {why}", hint="evalkit list plots shows the others")


def _of_comparison(accepts: str, found: Comparison, metric: str | None) -> object:
    if accepts not in _OF_COMPARISONS:
        raise UsageError("this plot draws one run, not a comparison", hint="leave out --baseline")
    if accepts == Comparison.__name__:
        return found
    own = _chosen(found.candidate_curves, metric)
    title = own.metric.title
    if accepts == Forest.__name__:
        return Forest(words=heading(own.metric), unit=own.metric.unit, contrasts=found.of(title))
    earlier = next(curve for curve in found.baseline_curves if curve.metric.title == title)
    labels = visible(found.baseline, limit=120), visible(found.candidate, limit=120)
    if accepts == Overlay.__name__:
        return Overlay(baseline=earlier, candidate=own, labels=labels)
    matches = tuple(match for match in found.matches if match.metric == title)
    if not matches:
        raise StatisticsError(
            f"{visible(title, limit=80)} has no matched temperatures", hint="it takes one of diversity"
        )
    warm = tuple(t for t in found.temperatures if t > 0.0)
    words = heading(own.metric)
    return Matching(words=words, matches=matches, baseline=labels[0], candidate=labels[1], temperatures=warm)


def _chosen(curves: Sequence[Curve], metric: str | None) -> Curve:
    found = [curve for curve in curves if metric in {curve.metric.title, curve.metric.name}]
    chosen = main_curve(curves) if metric is None else next(iter(found), None)
    if chosen is None:
        measured = ", ".join(curve.metric.title for curve in curves) or "nothing"
        raise UnknownNameError(f"{metric!r} was not measured", hint=visible(f"measured: {measured}", limit=400))
    return chosen


def _held(found: Findings) -> Iterable[object]:
    """Yield every noun that findings hold, and those inside tuples and mappings."""
    for field in fields(found):
        value = getattr(found, field.name)
        inside = value.values() if isinstance(value, Mapping) else value
        yield value
        if isinstance(inside, Iterable) and not isinstance(inside, str):
            yield from inside
