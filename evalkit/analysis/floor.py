"""The floor: what differs at temperature 0 already, whether load matters, and what temperature adds.

Explained in docs/statistics.md, "The floor".
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalkit.analysis.comparable import usual_size
from evalkit.analysis.compare import Terms, contrasts_at
from evalkit.analysis.estimate import estimate
from evalkit.analysis.forks import fork
from evalkit.analysis.marked import split
from evalkit.nouns import (
    CellOutcomes,
    Contrast,
    Curve,
    Estimand,
    Estimate,
    Floor,
    FloorLevel,
    Fork,
    Form,
    Load,
    LoadArm,
    LoadContrast,
    Measurement,
    Metric,
    MetricFloor,
    Panel,
    Suite,
)
from evalkit.text.prefixes import common_prefix, units

COLD = 0.0
"""The temperature of every arm."""
_MOST_FORKS = 3  # trees of one load


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of one cell at temperature 0."""

    n: int
    n_failed: int
    distinct: int
    commonest: float
    parting: int | None


@dataclass(slots=True)
class Floors:
    """The floor, from cells seen once and not kept but for their measurements and the marks of their answers."""

    suite: Suite
    """What the cells are of."""
    _seen: defaultdict[Load, list[_Seen]] = field(default_factory=lambda: defaultdict(list))
    _measured: defaultdict[tuple[str, Load], list[Measurement]] = field(default_factory=lambda: defaultdict(list))
    _marked: defaultdict[str, list[list[tuple[int, str]]]] = field(default_factory=lambda: defaultdict(list))
    _forks: defaultdict[Load, list[Fork]] = field(default_factory=lambda: defaultdict(list))

    def see(self, outcomes: CellOutcomes, measured: Mapping[str, Measurement]) -> None:
        """Add one cell; those above temperature 0 do not count.

        Args:
            outcomes: What came of it.
            measured: By title of the metric.
        """
        if outcomes.cell.temperature != COLD:
            return
        load = outcomes.cell.load or Load.MIXED
        self._marked[outcomes.cell.prompt.id].append(_marks(outcomes))
        if load not in self.suite.load:
            return
        self._seen[load].append(_seen(outcomes))
        if load is not Load.MIXED and len(self._forks[load]) < _MOST_FORKS:
            found = fork(outcomes)
            self._forks[load] += [found] if found and found.root else []
        for title, each in measured.items():
            self._measured[title, load].append(each)

    def floor(self, curves: Mapping[str, Curve], *, level: float, estimand: Estimand) -> Floor | None:
        """Return the floor; None where no load was asked for and the server named one configuration at the most.

        Differences speak of these very prompts: the question is what this server does with them.

        Args:
            curves: By title; metrics of the front that compare answers with one another get a floor.
            level: Level of the intervals, in (0, 1).
            estimand: What intervals of values speak of, as those of the curves do.
        """
        loads = [load for load in self.suite.load if self._seen[load]]
        loads = loads if any(each.n for load in loads for each in self._seen[load]) else []
        fingerprints = split(list(self._marked.values()), seed=self.suite.seed, level=level)
        if not loads and fingerprints is None:
            return None
        chosen = [curve for curve in curves.values() if loads and _compares(curve.metric)]
        terms = Terms(seed=self.suite.seed, level=level)
        above = self._above(chosen, loads, terms)
        between = self._between(chosen, loads, terms)
        metrics = []
        for curve in chosen:
            first, *others = (
                FloorLevel(load=load, estimate=self._estimate(curve.metric, load, level, estimand)) for load in loads
            )
            title = curve.metric.title
            metrics.append(
                MetricFloor(
                    metric=curve.metric, level=first, others=tuple(others), loads=between[title], above=above[title]
                )
            )
        return Floor(
            arms=tuple(_arm(load, self._seen[load], self._forks[load]) for load in loads),
            metrics=tuple(metrics),
            fingerprints=fingerprints,
            level=level,
        )

    def _estimate(self, metric: Metric, load: Load, level: float, estimand: Estimand) -> Estimate:
        own = self._measured[metric.title, load]
        return estimate(metric, own, usual=usual_size(own), level=level, estimand=estimand)

    def _above(self, curves: Sequence[Curve], loads: Sequence[Load], terms: Terms) -> dict[str, tuple[Contrast, ...]]:
        """Return each temperature minus the floor, by title, adjusted over all of them."""
        asked = [
            (curve.metric, point.temperature, self._measured[curve.metric.title, loads[0]], point.measurements)
            for curve in curves
            for point in curve.points
            if point.temperature != COLD or Load.MIXED not in loads  # else it is one of the arms
        ]
        found = contrasts_at(asked, terms)
        return {c.metric.title: tuple(each for each in found if each.metric == c.metric.title) for c in curves}

    def _between(
        self, curves: Sequence[Curve], loads: Sequence[Load], terms: Terms
    ) -> dict[str, tuple[LoadContrast, ...]]:
        """Return each other load minus the floor, by title, adjusted over all of them."""
        asked = [(curve.metric, load) for curve in curves for load in loads[1:]]
        found = contrasts_at(
            [(m, COLD, self._measured[m.title, loads[0]], self._measured[m.title, load]) for m, load in asked], terms
        )
        pairs = [LoadContrast(load=load, contrast=each) for (_, load), each in zip(asked, found, strict=True)]
        return {c.metric.title: tuple(e for e in pairs if e.contrast.metric == c.metric.title) for c in curves}


def level_of(floor: Floor | None, title: str) -> FloorLevel | None:
    """Return the floor of a metric's curve; None where it has none."""
    found = None if floor is None else floor.of(title)
    return None if found is None else found.level


def _compares(metric: Metric) -> bool:
    return metric.panel is Panel.FRONT and metric.form is not Form.SAMPLE


def _marks(outcomes: CellOutcomes) -> list[tuple[int, str]]:
    """Return text, as the number under which it was first seen, and fingerprint of each sample that has one."""
    known: dict[str, int] = {}
    return [
        (known.setdefault(sample.text, len(known)), sample.system_fingerprint)
        for sample in outcomes.samples
        if sample.system_fingerprint
    ]


def _seen(outcomes: CellOutcomes) -> _Seen:
    texts = Counter(sample.text for sample in outcomes.samples)
    n = texts.total()
    parting = None
    if len(texts) > 1:
        words = [units(text) for text in texts]
        parting = common_prefix(min(words), max(words))
    commonest = max(texts.values(), default=0) / n if n else 0.0
    return _Seen(n, len(outcomes.failures), len(texts), commonest, parting)


def _arm(load: Load, seen: Sequence[_Seen], forks: Sequence[Fork]) -> LoadArm:
    known = [each for each in seen if each.n > 1]
    parting = [each.parting for each in known if each.parting is not None]
    n = len(known)
    return LoadArm(
        load=load,
        n_prompts=n,
        n_samples=sum(each.n for each in known),
        n_failed=sum(each.n_failed for each in seen),
        distinct=math.fsum(each.distinct for each in known) / n if n else None,
        commonest=math.fsum(each.commonest for each in known) / n if n else None,
        n_parting=len(parting),
        first_parting=min(parting, default=None),
        forks=tuple(forks),
    )
