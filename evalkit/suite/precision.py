"""Precision as a suite file asks for it: which metrics shall be known how well, and what speaks against that."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.nouns import FIRST_LOOK, MOST_SAMPLES, Goal, Precision
from evalkit.suite.problem import Path, Problem, nearest, shown
from evalkit.suite.schema import SuiteSpec


def precision_of(spec: SuiteSpec) -> Precision | None:
    """Return what a suite asks for, its metrics by the names it gives; an empty name is the first that can have it."""
    asked = spec.precision
    if asked is None:
        return None
    named = asked.metrics or (list(asked.decide) if asked.within is None else list(asked.decide) or [""])
    goals = tuple(
        Goal(
            metric=name,
            within=None if asked.within is None else float(asked.within),
            against=None if (value := asked.decide.get(name)) is None else float(value),
        )
        for name in dict.fromkeys([*named, *asked.decide])
    )
    first = asked.first or min(FIRST_LOOK, spec.samples or MOST_SAMPLES)
    return Precision(goals=goals, first=first, looks=asked.looks)


def precision_problems(spec: SuiteSpec) -> Iterator[Problem]:
    """Yield what keeps sampling from stopping early."""
    asked = spec.precision
    if asked is None:
        return
    here: Path = ("precision",)
    if asked.within is None and not asked.decide:
        text = "says neither how narrow nor what to decide, expected within, decide, or both"
        yield Problem(path=here, text=text, at_key=True)
    most = spec.samples or MOST_SAMPLES
    if (asked.first or 0) > most:
        text = f"{asked.first} is more than samples, which is {most}; expected {most} at most"
        yield Problem(path=(*here, "first"), text=text)
    if spec.load:
        text = "does not go with load, whose arms are compared at equal numbers; expected one of them"
        yield Problem(path=here, text=text, at_key=True)
    known = list(dict.fromkeys(metric.metric for metric in spec.metrics))
    for name in dict.fromkeys([*asked.metrics, *asked.decide]):
        if name.partition("(")[0] not in known:
            text = f"{shown(name)} is not among the suite's metrics, expected one of them"
            path = (*here, "decide", name) if name in asked.decide else (*here, "metrics", asked.metrics.index(name))
            yield Problem(path=path, text=f"{text}{nearest(name, known)}")
