"""A run's cells, one after the other, through every metric: what the verb `measure` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from evalkit.analysis.advice import advice
from evalkit.analysis.cautions import Observer
from evalkit.analysis.course import Timeline, drift_cautions
from evalkit.analysis.forks import Forks
from evalkit.analysis.infer import curve
from evalkit.analysis.ladder import Ladder
from evalkit.analysis.lengths import Lengths
from evalkit.analysis.limits import drawn_limit, limits
from evalkit.analysis.measure import measure_cell
from evalkit.analysis.survival import Survival
from evalkit.deriving import derived
from evalkit.nouns import CellOutcomes, Divergence, Estimand, Measurement, Metric, Run
from evalkit.nouns.ports import Tools
from evalkit.results import Results


def measured(
    run: Run,
    cells: Iterable[CellOutcomes],
    metrics: Mapping[str, Metric],
    *,
    tools: Tools,
    level: float,
    estimand: Estimand,
    watch: Callable[[int], None],
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
    """
    found: dict[str, list[Measurement]] = {title: [] for title in metrics}
    observer, ladder, survival = Observer(run.suite), Ladder(run.suite), Survival(level=level)
    forks, lengths = Forks(n_temperatures=len(run.suite.temperatures)), Lengths()
    timeline = Timeline(samples=run.suite.samples, seed=run.suite.seed, level=level)
    for done, (cell, rows) in enumerate(derived(cells, list(metrics.values()), tools), start=1):
        for each in (observer, ladder, survival, forks, lengths, timeline):
            each.see(cell)
        for (title, metric), needed in zip(metrics.items(), rows, strict=True):
            found[title].append(measure_cell(metric, cell, derived=needed, level=level))
        watch(done)
    courses = timeline.courses()
    curves = {
        title: curve(metric, found[title], seed=run.suite.seed, level=level, estimand=estimand)
        for title, metric in metrics.items()
    }
    falls = limits(curves, seed=run.suite.seed, level=level)
    drawn = drawn_limit(falls)
    return Results(
        run=run,
        curves={title: replace(each, limit=drawn) for title, each in curves.items()},
        limits=falls,
        advice=advice(curves, falls),
        cautions=(*run.conduct, *observer.cautions(), *drift_cautions(courses)),
        ladder=ladder.rows(),
        counts=observer.counts(),
        divergence=Divergence(curves=survival.curves()),
        forks=forks.rows(),
        trees=forks.trees(),
        courses=courses,
        spreads=lengths.spreads(),
    )
