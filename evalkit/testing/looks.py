"""Readings of what a test looks at: of one cell, of a point of a curve, with all that a failure has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalkit.analysis.anytime import Anytime
from evalkit.errors import UsageError
from evalkit.nouns import CellOutcomes, Curve, Estimand, Estimate, Measurement, Metric, Point
from evalkit.testing.arms import View
from evalkit.testing.bench import Bench
from evalkit.testing.different import most_different
from evalkit.testing.hiding import expected
from evalkit.testing.marks import Wish
from evalkit.testing.measuring import fixed_part, metric_of
from evalkit.testing.reading import Reading

__tracebackhide__ = expected

_LIKE_THESE = "the interval speaks of prompts like these: nothing narrower is known of this metric"


@dataclass(frozen=True, slots=True)
class Look:
    """A view through the eyes of one test."""

    bench: Bench
    """The session."""
    wish: Wish
    """What the test wishes for."""
    view: View
    """What it looks at."""

    @property
    def level(self) -> float:
        """Level of every interval."""
        level: float = self.wish.confidence or self.bench.settings["level"]
        return level

    @property
    def foot(self) -> tuple[str, ...]:
        """What the endpoint does that may mislead, and the command that makes the page about these answers."""
        page = f"page: evalkit report {self.bench.settings['store']}@{self.view.label}"
        return *(f"endpoint: {said}" for said in self.bench.conduct(self.view.label)), page

    def metric(self, name: str | Metric) -> Metric:
        """Return a metric as this test measures it."""
        return metric_of(name, self.view.suite, self.wish.equality)

    def outcomes(self, prompt: str, temperature: float) -> CellOutcomes:
        """Return what came of a cell.

        Raises:
            UsageError: The suite has no such cell.
        """
        for each in self.bench.outcomes(self.bench.ensure(self.view), prompt):
            if each.cell.temperature == temperature:
                return each
        known = ", ".join(f"{t:g}" for t in self.view.suite.temperatures)
        raise UsageError(
            f"the suite has no cell {prompt!r} at temperature {temperature:g}", hint=f"temperatures are {known}"
        )

    def cell(self, prompt: str, temperature: float, name: str | Metric) -> Reading:
        """Return the reading of a metric in a cell."""
        outcomes, metric = self.outcomes(prompt, temperature), self.metric(name)
        place = f"{prompt} at T = {temperature:g}"
        if self.view.sizes:
            return self._stopped(metric, place, temperature, [prompt])
        measured = self.bench.measured.cells(self.view, metric, prompt, self.level)
        found = next(m for m in measured if m.temperature == temperature)
        return self._reading(
            metric,
            place,
            value=found.value,
            interval=found.interval,
            n_samples=found.n_samples,
            reason=found.undefined or ("" if found.interval else found.method),
            measurements={prompt: found} if found.value is not None else {},
            show=lambda: [*most_different(outcomes), *self.foot],
        )

    def curve(self, name: str | Metric, prompts: Sequence[str]) -> Curve:
        """Return the curve of a metric over some prompts, from samples drawn whatever was seen."""
        view = fixed_part(self.bench.ensure(self.view))
        return self.bench.measured.curve(view, self.metric(name), prompts, self.level)

    def point(self, curve: Curve, temperature: float, prompts: Sequence[str]) -> Reading:
        """Return the reading of a curve at a temperature: the mean over these prompts.

        Raises:
            UsageError: The curve has no such point.
        """
        point = curve.at(temperature)
        if point is None:
            known = ", ".join(f"{p.temperature:g}" for p in curve.points)
            raise UsageError(f"the curve has no point at temperature {temperature:g}", hint=f"it has {known}")
        place = (
            f"{len(prompts)} prompts at T = {temperature:g}"
            if len(prompts) > 1
            else f"{prompts[0]} at T = {temperature:g}"
        )
        if self.view.sizes:
            return self._stopped(curve.metric, place, temperature, prompts)
        estimate = point.estimate
        exact = estimate.estimand is Estimand.THESE_PROMPTS
        interval = estimate.interval if exact else estimate.these or estimate.interval
        like = estimate.n_prompts > 1 and not exact and estimate.these is None and interval is not None
        return self._reading(
            curve.metric,
            place,
            value=estimate.value,
            interval=interval,
            n_samples=estimate.n_samples,
            reason=estimate.undefined or ("" if interval else estimate.method),
            note=_LIKE_THESE if like else "",
            measurements=usable(curve.metric, point, estimate),
            show=lambda: [*self._at_odds(point), *self.foot],
        )

    def _at_odds(self, point: Point) -> list[str]:
        """Return the most different answers of the prompt that is farthest from agreement among those of a point."""
        known = [m for m in point.measurements if m.value is not None]
        if not known:
            return []
        far = max(known, key=lambda m: abs((m.value or 0.0) - (point.estimate.value or 0.0)))
        return most_different(self.outcomes(far.prompt_id, point.temperature))

    def _stopped(self, metric: Metric, place: str, temperature: float, prompts: Sequence[str]) -> Reading:
        """Return a reading where sampling stopped by what was seen: its interval is valid whenever that was."""
        view, precision = self.bench.ensure(self.view), self.wish.precision
        found, wider = (
            self.bench.measured.stream(view, metric, temperature, prompts, level)
            for level in (self.level, (1.0 + self.level) / 2.0)
        )
        measurements = {
            prompt: m
            for prompt in prompts
            for m in self.bench.measured.cells(view, metric, prompt, self.level)
            if m.temperature == temperature and m.value is not None
        }
        return self._reading(
            metric,
            place,
            value=found.value,
            interval=found.interval,
            n_samples=found.n_samples,
            reason=found.reason,
            note=_told(found, precision, view.size(temperature), self.wish.max_samples),
            measurements=measurements,
            wider=wider.interval,
            show=lambda: [*most_different(self.outcomes(prompts[0], temperature)), *self.foot],
        )

    def _reading(self, metric: Metric, place: str, **fields: Any) -> Reading:  # noqa: ANN401 - fields of a reading
        made = Reading(
            metric=metric,
            place=place,
            seed=self.view.suite.seed,
            level=self.level,
            log=self.bench.log,
            **fields,
        )
        return (
            replace(made, change=lambda: self.bench.baselines.change(self, made))
            if self.bench.settings["baseline"]
            else made
        )


def usable(metric: Metric, point: Point, estimate: Estimate) -> dict[str, Measurement]:
    """Return what each prompt gave of those that a point's mean rests on."""
    known = [m for m in point.measurements if m.value is not None]
    sizes = {m.n_samples for m in known}
    if metric.depends_on_n and len(sizes) > 1 and estimate.n_prompts:
        size = estimate.n_samples // estimate.n_prompts
        known = [m for m in known if m.n_samples == size]
    return {m.prompt_id: m for m in known}


def _told(found: Anytime, precision: float | None, n: int, most: int) -> str:
    half = None if found.interval is None else found.interval.width / 2.0
    reached = half is not None and precision is not None and half <= precision
    why = f"until the interval was as narrow as ±{precision:g}" if reached else f"until max_samples = {most}"
    return f"drawn {why}: {n} samples of each prompt; {found.method}"
