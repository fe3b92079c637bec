"""Two runs side by side, prompt after prompt, through every metric: what the verb `compare` does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evalkit.analysis.cautions import Observer
from evalkit.analysis.comparable import common_size
from evalkit.analysis.compare import Terms, contrasts
from evalkit.analysis.discrepancy import discrepancies
from evalkit.analysis.infer import curve
from evalkit.analysis.matching import differing_in_kind, matches
from evalkit.analysis.measure import measure_cell
from evalkit.analysis.pairing import Pairing, Place, pairing, place
from evalkit.analysis.settings import Named, setting_differences
from evalkit.analysis.stopping import looked_at
from evalkit.deriving import derived
from evalkit.errors import StatisticsError, UsageError
from evalkit.informing import informed_alike
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Caution, CellOutcomes, Comparison, Curve, Measurement, Metric, Panel, Run, Suite, merged
from evalkit.nouns.ports import CellsOfRuns, Tools
from evalkit.stats.group_sequential import level_at_a_look
from evalkit.threads import single_threaded

Cells = Mapping[Place, CellOutcomes]
"""A run's cells that hold samples, by place."""


@single_threaded
def compared(
    baseline: tuple[Run, CellsOfRuns],
    candidate: tuple[Run, CellsOfRuns],
    metrics: Sequence[Metric],
    *,
    tools: Tools,
    terms: Terms,
    watch: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Return the comparison of two runs on their common prompts and temperatures.

    Features such as vectors are made of both runs' texts together, so that distances are of one kind.

    Args:
        baseline: The earlier run and where it is.
        candidate: The later run and where it is.
        metrics: What to contrast.
        tools: What features may use.
        terms: Level, margin and estimand; the seed is the baseline's.
        watch: Called after each cell with the number of cells done and of all.

    Raises:
        StatisticsError: A run holds no answers, or the runs have no prompt and temperature in common.
        UsageError: Level or margin is out of range.
    """
    first, second = baseline[0], candidate[0]
    terms = _of_looks(_checked(replace(terms, seed=first.suite.seed)), first.suite, second.suite)
    seen = tuple(Observer(run.suite) for run in (first, second))
    sides = _by_place(*baseline, seen[0]), _by_place(*candidate, seen[1])
    common = pairing(*sides)
    if not common.cells:
        raise StatisticsError(
            f"runs {first.label!r} and {second.label!r} have no prompt with answers at a common temperature",
            hint="prompts are paired by their ids; evalkit show STORE@LABEL lists them",
        )
    chosen, cautions = equalised(metrics, [len(side[at].samples) for side in sides for at in common.cells])
    named = Named(), Named()
    for names, side in zip(named, sides, strict=True):
        for cell in side.values():
            names.see(cell.samples)
    before, after = ({at: [s.text for s in side[at].samples] for at in common.cells} for side in sides)
    told = [informed_alike(metric, first.probings, second.probings) for metric in chosen]
    measured = _measured(sides, common, told, tools, terms.level, watch)
    matched = matches(measured, common, terms)
    return Comparison(
        baseline=first.label,
        candidate=second.label,
        settings=setting_differences(first, second, named, common.prompts),
        left_out=common.left_out,
        prompts=common.prompts,
        temperatures=common.temperatures,
        contrasts=contrasts(measured, common, terms),
        discrepancies=discrepancies(before, after, common, seed=terms.seed, level=terms.level),
        matches=matched,
        baseline_curves=tuple(_curve(metric, before, terms) for metric, before, _ in measured),
        candidate_curves=tuple(_curve(metric, after, terms) for metric, _, after in measured),
        cautions=merged([*cautions, *differing_in_kind(matched), *_own(first, seen[0]), *_own(second, seen[1])]),
        level=terms.level,
    )


def usual(suite: Suite) -> list[Metric]:
    """Return what a run is compared by when nobody says: those of its suite's metrics that stand in front."""
    asked = [resolve(request) for request in suite.metrics]
    return [metric for metric in asked if metric.panel is Panel.FRONT] or asked


def equalised(metrics: Sequence[Metric], sizes: Sequence[int]) -> tuple[list[Metric], tuple[Caution, ...]]:
    """Return the metrics, those that drift with the number of samples brought down to one, and the caution about it.

    Args:
        metrics: What is to be compared.
        sizes: Samples of each cell of either run.
    """
    if len(set(sizes)) < 2:  # noqa: PLR2004 - they differ
        return list(metrics), ()
    size, chosen, changed = common_size(sizes), [], []
    for metric in metrics:
        made = metric
        if metric.depends_on_n:
            try:
                made = bind(metric, {"rarefy": size})
                changed.append(metric.title)
            except UsageError:
                pass  # it can not be rarefied: its contrasts are refused, with the reason
        chosen.append(made)
    if not changed:
        return chosen, ()
    caution = Caution(
        slug="rarefied",
        fact=f"Cells hold {min(sizes)} to {max(sizes)} samples, and {', '.join(changed)} would change with that.",
        meaning=f"They are compared as means over subsets of {size} samples on both sides, never raw.",
        remedy="Draw as many samples for both runs to compare all there are.",
    )
    return chosen, (caution,)


def _checked(terms: Terms) -> Terms:
    for name, value in (("level", terms.level), ("margin", terms.margin)):
        if not 0.0 < value < 1.0:
            raise UsageError(f"{name} is {value:g}, not between 0 and 1", hint="such as 0.95, and 0.05 for a margin")
    return terms


def _curve(metric: Metric, measured: Sequence[Measurement], terms: Terms) -> Curve:
    return curve(metric, measured, seed=terms.seed, level=terms.level, estimand=terms.estimand)


def _own(run: Run, seen: Observer) -> Iterator[Caution]:
    """Yield a run's own cautions, each told by the run's label."""
    yield from (replace(each, fact=f"{run.label}: {each.fact}") for each in _told_of(run, seen))


def _told_of(run: Run, seen: Observer) -> tuple[Caution, ...]:
    return *run.conduct, *looked_at(run.suite), *seen.cautions()


def _of_looks(terms: Terms, *suites: Suite) -> Terms:
    """Return the terms at a level that pays for all looks of runs that stopped when enough was known.

    Each pair of looks, one of either run, may have been what is compared.
    """
    looks = math.prod(suite.precision.looks for suite in suites if suite.precision is not None)
    return replace(terms, level=level_at_a_look(terms.level, looks))


def _by_place(run: Run, store: CellsOfRuns, observer: Observer) -> dict[Place, CellOutcomes]:
    cells = {}
    for each in store.outcomes(run.label):
        observer.see(each)
        if each.samples:
            cells[place(each.cell.prompt.id, each.cell.temperature)] = each
    if not cells:
        raise StatisticsError(f"run {run.label!r} holds no answers", hint="run its suite again")
    return cells


def _measured(
    sides: tuple[Cells, Cells],
    common: Pairing,
    metrics: Sequence[tuple[Metric, Metric]],
    tools: Tools,
    level: float,
    watch: Callable[[int, int], None] | None,
) -> list[tuple[Metric, list[Measurement], list[Measurement]]]:
    found: list[tuple[Metric, list[Measurement], list[Measurement]]] = [(metric, [], []) for metric, _ in metrics]
    order = list(_in_order(common))
    outcomes = (sides[side][at] for side, at in order)
    for done, (cell, rows) in enumerate(derived(outcomes, [own for own, _ in metrics], tools)):
        side = order[done][0]
        for (_, *measured), own, needed in zip(found, metrics, rows, strict=True):
            measured[side].append(measure_cell(own[side], cell, derived=needed, level=level))
        if watch:
            watch(done + 1, len(order))
    return found


def _in_order(common: Pairing) -> Iterator[tuple[int, Place]]:
    """Yield side and place of each cell, prompts outermost, so that both sides of a prompt are seen together."""
    for prompt in common.prompts:
        for side in (0, 1):
            yield from ((side, (prompt, t)) for t in common.temperatures if (prompt, t) in common.cells)
