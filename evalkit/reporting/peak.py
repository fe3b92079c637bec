"""Where a curve is largest, and the curves that its number is made of."""

from __future__ import annotations

from collections.abc import Mapping

from evalkit.nouns import Curve, Frontier, Metric, Optimum
from evalkit.reporting import numbers

_QUALITY, _DIVERSITY = "quality_mean", "weighted_distance"


def peak_sentence(optimum: Optimum | None) -> str:
    """Return where a metric is largest, in a sentence; empty for a metric of which that is not asked."""
    if optimum is None:
        return ""
    if optimum.temperature is None or optimum.low is None or optimum.high is None:
        return f"Where it is largest can not be told: {optimum.method.removeprefix('none: ')}."
    best, low, high = map(numbers.temperature, (optimum.temperature, optimum.low, optimum.high))
    prompts = numbers.count(optimum.n_prompts, "prompt")
    reach = f"the {100 * optimum.level:.4g} % interval goes from {low} to {high}, {prompts}"
    told = {
        "interior": f"It is largest at T = {best} ({reach}).",
        "flat": f"It is flat: no temperature is shown to be better than another ({reach}, which is all of them).",
        "rises to the end": f"It is largest at T = {best}, the highest asked ({reach}): the best may lie beyond.",
        "best at the edge": f"It is largest at T = {best}, the lowest asked ({reach}).",
        "open": f"It is largest at T = {best}, but an end of the temperatures may be as good ({reach}).",
    }
    return told.get(optimum.kind, f"It is largest at T = {best} ({reach}).")


def frontier_of(curve: Curve, curves: Mapping[str, Curve]) -> Frontier | None:
    """Return the two curves that a peaking metric is made of, where they were measured with the same options."""
    if not curve.metric.peaks:
        return None
    parts = {
        each.metric.name: each
        for each in curves.values()
        if each.metric.name in {_QUALITY, _DIVERSITY} and _alike(each.metric, curve.metric)
    }
    if len(parts) < 2:  # noqa: PLR2004 - both of them
        return None
    found = Frontier(quality=parts[_QUALITY], diversity=parts[_DIVERSITY])
    return found if found.steps else None


def _alike(part: Metric, whole: Metric) -> bool:
    ours, theirs = ({**dict(m.defaults), **dict(m.options)} for m in (part, whole))
    return all(ours[name] == theirs[name] for name in ours.keys() & theirs.keys())
