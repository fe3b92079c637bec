"""A run's cells, one after the other, through every metric: what the verb `measure` does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalkit.analysis.advice import advice
from evalkit.analysis.cautions import Observer
from evalkit.analysis.course import Timeline, drift_cautions
from evalkit.analysis.floor import Floors, level_of
from evalkit.analysis.forks import Forks
from evalkit.analysis.infer import curve
from evalkit.analysis.ladder import Ladder
from evalkit.analysis.lengths import Lengths
from evalkit.analysis.limits import drawn_limit, limits
from evalkit.analysis.measure import measure_cell
from evalkit.analysis.stopping import level_of_a_look, looked_at, sequential, stands
from evalkit.analysis.survival import Survival
from evalkit.analysis.unlisted import Unlisted
from evalkit.collecting import seldom_collected
from evalkit.deriving import derived
from evalkit.informing import contradicted, informed
from evalkit.nouns import (
    Caution,
    CellOutcomes,
    Curve,
    Divergence,
    Estimand,
    Measurement,
    Metric,
    Run,
    Sequential,
    sizes_of,
)
from evalkit.nouns.ports import Tools
from evalkit.results import Results
from evalkit.sampling.executors.base import Executor
from evalkit.spreading import spread
from evalkit.threads import single_threaded


@single_threaded
@seldom_collected
def measured(  # noqa: PLR0913 - each but three is a keyword
    run: Run,
    cells: Iterable[CellOutcomes],
    metrics: Mapping[str, Metric],
    *,
    tools: Tools,
    level: float,
    estimand: Estimand,
    watch: Callable[[int], None],
    loads: Iterable[CellOutcomes] = (),
    executor: Executor | None = None,
) -> Results:
    """Return a curve for each metric, with the cautions, the ladder and the counters of the run.

    Args:
        run: What the cells are of.
        cells: Prompts outermost; read once, and forgotten but for the measurements.
        metrics: By title.
        tools: What features may use.
        level: Level of every interval, in (0, 1).
        estimand: What intervals over prompts speak of.
        watch: Called after each cell with the number of cells done.
        loads: Cells of the same prompts that have a load of their own: measured for the floor only.
        executor: Where cells are measured; this process when None. The numbers are the same.
    """
    metrics = {title: informed(metric, run.probings) for title, metric in metrics.items()}
    of_all_looks, level = level, _of_a_look(run, level)
    found: dict[str, list[Measurement]] = {title: [] for title in metrics}
    observer, ladder, survival = Observer(run.suite), Ladder(run.suite), Survival(level=level)
    floors, forks = Floors(run.suite), Forks(n_temperatures=len(run.suite.temperatures))
    lengths, unlisted, seed = Lengths(), Unlisted(metrics.values()), run.suite.seed
    timeline = Timeline(samples=max(sizes_of(run.suite), default=run.suite.samples), seed=seed, level=level)
    measurements = measured_cells(run, metrics, _beside(cells, loads), tools, level=level, executor=executor)
    for done, (cell, own) in enumerate(measurements, start=1):
        floors.see(cell, own)
        if cell.cell.load is None:
            for each in (observer, ladder, survival, forks, lengths, timeline, unlisted):
                each.see(cell)
            for title, measurement in own.items():
                found[title].append(measurement)
        watch(done)
    curves = curves_over(metrics, found, seed=seed, level=level, estimand=estimand)
    courses, falls = timeline.courses(), limits(curves, seed=seed, level=level)
    drawn, floor = drawn_limit(falls), floors.floor(curves, level=level, estimand=estimand)
    return Results(
        run=run,
        curves={title: replace(each, limit=drawn, floor=level_of(floor, title)) for title, each in curves.items()},
        limits=falls,
        advice=advice(curves, falls) if run.suite.send_temperature else (),
        cautions=(*_known(run, metrics), *observer.cautions(), *unlisted.cautions(), *drift_cautions(courses)),
        ladder=ladder.rows(),
        counts=observer.counts(),
        divergence=Divergence(curves=survival.curves()),
        forks=forks.rows(),
        trees=forks.trees(),
        courses=courses,
        spreads=lengths.spreads(),
        floor=floor,
        sequential=_stopped(run, curves, of_all_looks),
    )


def curves_over(
    metrics: Mapping[str, Metric],
    found: Mapping[str, Sequence[Measurement]],
    *,
    seed: int,
    level: float,
    estimand: Estimand,
) -> dict[str, Curve]:
    """Return a curve for each metric of what was measured of it, by title."""
    return {
        title: curve(metric, found[title], seed=seed, level=level, estimand=estimand)
        for title, metric in metrics.items()
    }


def _of_a_look(run: Run, level: float) -> float:
    return level if run.suite.precision is None else level_of_a_look(run.suite.precision, level)


def _stopped(run: Run, curves: Mapping[str, Curve], level: float) -> Sequential | None:
    """Return what was known when sampling stopped; None for a plan without looks."""
    precision = run.suite.precision
    if precision is None:
        return None
    return sequential(run.suite, precision, stands(curves, precision, level=level), level=level)


def measured_cells(
    run: Run,
    metrics: Mapping[str, Metric],
    every: Iterable[CellOutcomes],
    tools: Tools,
    *,
    level: float,
    executor: Executor | None = None,
) -> Iterator[tuple[CellOutcomes, dict[str, Measurement]]]:
    """Return each cell with its measurements by title."""
    if executor is None or executor.near:
        rows_of = derived(every, list(metrics.values()), tools)
        return ((cell, _of_cell(cell, metrics, rows, level)) for cell, rows in rows_of)
    return spread(every, metrics, tools=tools, level=level, probings=run.probings, executor=executor)


def _known(run: Run, metrics: Mapping[str, Metric]) -> tuple[Caution, ...]:
    """Return what is known of the endpoint, and what was said of it against that."""
    return *run.conduct, *contradicted(metrics.values(), run.probings), *looked_at(run.suite)


def _of_cell(
    cell: CellOutcomes, metrics: Mapping[str, Metric], rows: Iterable[Mapping[str, Any]], level: float
) -> dict[str, Measurement]:
    return {
        title: measure_cell(metric, cell, derived=needed, level=level)
        for (title, metric), needed in zip(metrics.items(), rows, strict=True)
    }


def _beside(grid: Iterable[CellOutcomes], loads: Iterable[CellOutcomes]) -> Iterator[CellOutcomes]:
    """Yield both, prompt by prompt, so that features are made of all of a prompt's cells together."""
    others = itertools.groupby(loads, key=_prompt)
    for _, own in itertools.groupby(grid, key=_prompt):
        yield from own
        yield from next(others, ("", ()))[1]


def _prompt(found: CellOutcomes) -> str:
    return found.cell.prompt.id
