"""The two most different answers of a cell, and the word at which they part: what a failed assertion shows."""

from __future__ import annotations

import itertools

from evalkit.metrics.base import resolve
from evalkit.nouns import CellOutcomes, MetricRequest, Sample
from evalkit.text.counting import counted
from evalkit.text.visible import visible

_MOST = 40
"""Answers that are held against one another; more would keep a failing test waiting."""
_BEFORE, _AFTER = 6, 10
"""Words shown around the first difference."""
_LONGEST = 160
"""Letters of an answer that are shown."""


def most_different(outcomes: CellOutcomes) -> list[str]:
    """Return lines about the two answers of a cell that share the fewest words in order, told where they part.

    Each is named by its replicate; model output is made visible, and cut to what stands around the first difference.
    """
    cell = outcomes.cell
    place = f"{cell.prompt.id} at T = {cell.temperature:g}"
    unique: dict[str, Sample] = {}
    for sample in outcomes.samples:
        unique.setdefault(sample.text, sample)
    if not unique:
        return [f"there is no answer of {place}{_why(outcomes)}"]
    if len(unique) == 1:
        return [f"all {len(outcomes.samples)} answers of {place} are equal: {_cut(next(iter(unique)))}"]
    return [f"the two most different of {len(unique)} answers of {place}", *pair(*_furthest(list(unique.values())))]


def pair(a: Sample, b: Sample, names: tuple[str, str] | None = None) -> list[str]:
    """Return two answers, one line each, with the first word in brackets at which they differ."""
    first, second = a.text.split(), b.text.split()
    place = next((i for i, (x, y) in enumerate(itertools.zip_longest(first, second)) if x != y), None)
    if place is None:
        return [
            "  they differ in white space only:",
            *(f"    {visible(each.text, limit=_LONGEST, keep='')}" for each in (a, b)),
        ]
    named = names or (f"draw {a.draw.replicate}", f"draw {b.draw.replicate}")
    width = max(map(len, named))
    return [
        f"  first difference at word {place + 1}:",
        *(f"    {name:<{width}}  {_around(words, place)}" for name, words in zip(named, (first, second), strict=True)),
    ]


def _why(outcomes: CellOutcomes) -> str:
    failures = outcomes.failures
    if not failures:
        return ""
    said = visible(failures[-1].message, limit=_LONGEST, keep="")
    if failures[-1].unsupported:
        return f": the endpoint refuses this temperature: {said}"
    return f": {counted(len(failures), 'draw')} failed, the last one: {said}"


def _furthest(samples: list[Sample]) -> tuple[Sample, Sample]:
    metric = resolve(MetricRequest(name="rouge_l_distance"))
    prepare = metric.prepare or str
    seen = [(sample, prepare(sample.text)) for sample in samples[:_MOST]]
    far = max(itertools.combinations(seen, 2), key=lambda two: metric.function(two[0][1], two[1][1]))
    return far[0][0], far[1][0]


def _around(words: list[str], place: int) -> str:
    start = max(0, place - _BEFORE)
    here = f"[{words[place]}]" if place < len(words) else "[the end]"
    shown = [*words[start:place], here, *words[place + 1 : place + 1 + _AFTER]]
    more = " ..." if place + 1 + _AFTER < len(words) else ""
    return ("... " if start else "") + _cut(" ".join(shown)) + more


def _cut(text: str) -> str:
    return visible(text, limit=_LONGEST, keep="") if text.strip() else "(empty)"
