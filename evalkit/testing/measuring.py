"""Metrics of what a test looks at: each prompt measured once in a session, curves made of what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from evalkit.analysis.anytime import Anytime, anytime
from evalkit.analysis.infer import curve
from evalkit.analysis.measure import measure_cell
from evalkit.deriving import derived
from evalkit.equipping import equipped
from evalkit.informing import informed
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import CellOutcomes, Curve, Measurement, Metric, MetricRequest, Probing, Suite
from evalkit.nouns.ports import Cache
from evalkit.testing.arms import View
from evalkit.testing.hiding import expected

__tracebackhide__ = expected

Outcomes = Callable[[View, str], list[CellOutcomes]]
"""A view and the id of a prompt -> its cells, by ascending temperature."""


def metric_of(name: str | Metric, suite: Suite, equality: str | None = None) -> Metric:
    """Return a metric by name, with the options that the suite gives it, compared at a level of equality.

    Args:
        name: A metric's name, or its title with options as the suite has it; or the metric itself.
        suite: Where its options stand, if the suite asks for it.
        equality: Level at which texts are the same, for metrics that have one; None for the metric's own.

    Raises:
        UnknownNameError: There is no such metric.
    """
    if isinstance(name, Metric):
        return name
    asked = [resolve(request) for request in suite.metrics if request.name == name.partition("(")[0]]
    # Of several with one name, that without options is meant by the name alone.
    meant = (each for way in ("title", "name") for each in asked if getattr(each, way) == name)
    found = next(meant, None) or resolve(MetricRequest(name=name))
    if equality is not None and "level" in dict(found.defaults) and "level" not in dict(found.options):
        found = bind(found, dict(found.options) | {"level": equality})
    return found


@dataclass(slots=True)
class Measured:
    """What was measured in a session."""

    outcomes: Outcomes
    """Where cells come from."""
    cache: Callable[[Suite], Cache]
    """Where what metrics ask endpoints for is kept."""
    probings: Callable[[str], Sequence[Probing]]
    """Label of a run -> what was found out about its endpoint."""
    _cells: dict[tuple[View, str, str, float], list[Measurement]] = field(default_factory=dict)
    _streams: dict[tuple[View, str, float, tuple[str, ...], float], Anytime] = field(default_factory=dict)

    def cells(self, view: View, metric: Metric, prompt: str, level: float) -> list[Measurement]:
        """Return a metric of each cell of a prompt, by ascending temperature."""
        key = (view, metric.title, prompt, level)
        if key not in self._cells:
            metric = informed(metric, self.probings(view.label))
            tools = equipped(view.suite, self.cache(view.suite))
            rows = derived(self.outcomes(view, prompt), [metric], tools)
            self._cells[key] = [measure_cell(metric, cell, derived=needed[0], level=level) for cell, needed in rows]
        return self._cells[key]

    def curve(self, view: View, metric: Metric, prompts: Iterable[str], level: float) -> Curve:
        """Return a metric against temperature over some prompts; its points speak of these prompts where they can."""
        found = [m for prompt in prompts for m in self.cells(view, metric, prompt, level)]
        return curve(informed(metric, self.probings(view.label)), found, seed=view.suite.seed, level=level)

    def stream(self, view: View, metric: Metric, temperature: float, prompts: Iterable[str], level: float) -> Anytime:
        """Return a metric at a temperature with an interval that is valid whenever sampling stopped."""
        chosen = tuple(prompts)
        key = (view, metric.title, temperature, chosen, level)
        if key not in self._streams:
            metric = informed(metric, self.probings(view.label))
            tools = equipped(view.suite, self.cache(view.suite))
            every = (cell for prompt in chosen for cell in self.outcomes(view, prompt))
            rows = [
                (cell, needed[0])
                for cell, needed in derived(every, [metric], tools)
                if cell.cell.temperature == temperature
            ]
            self._streams[key] = anytime(metric, [c for c, _ in rows], derived=[d for _, d in rows], level=level)
        return self._streams[key]


def fixed_part(view: View) -> View:
    """Return the part of a view that was drawn whatever was seen: the first samples of each cell."""
    return replace(view, sizes=())
