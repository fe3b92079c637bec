"""Sampling that stops when enough is known: looks at a run, and what is wanted for the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from evalkit.analysis import stopping
from evalkit.equipping import equipped
from evalkit.errors import UsageError
from evalkit.informing import informed
from evalkit.measuring import curves_over, measured_cells
from evalkit.metrics.base import resolve
from evalkit.nouns import Curve, Estimand, Measurement, Precision, Run, Standing, Suite, cells, in_words, n_cells
from evalkit.nouns.ports import Store
from evalkit.threads import single_threaded

LEVEL = 0.95
"""Level of all looks together, by which sampling stops."""


def settled_goals(suite: Suite) -> Suite:
    """Return a suite whose goals name metrics by their titles; a suite without precision as it is.

    Raises:
        UsageError: A goal's metric is not among the suite's, or has no interval for given prompts.
    """
    precision = suite.precision
    if precision is None:
        return suite
    if suite.load:
        raise UsageError("precision does not go with load", hint="arms are compared at equal numbers of samples")
    known = [resolve(request) for request in suite.metrics]
    goals = tuple(replace(goal, metric=stopping.asked(known, goal.metric).title) for goal in precision.goals)
    return replace(suite, precision=replace(precision, goals=goals))


def told(suite: Suite, n_wanted: int) -> str:
    """Return what a look came to, in words."""
    still = [f"{standing.temperature:g}" for standing in suite.standings if not standing.ended]
    return f"looked: T = {', '.join(still)} {'needs' if len(still) == 1 else 'need'} more, {n_wanted:,} draws"


def at_most(suite: Suite) -> str:
    """Return what may follow the first look, as lines beneath a plan; empty for a plan without looks."""
    if suite.precision is None:
        return ""
    asked, n = " and ".join(map(in_words, suite.precision.goals)), suite.precision.looks
    most = n_cells(suite) * suite.samples
    return f"\n\nfor now, until it knows {asked}: at most {most:,} draws, in {n} looks"


def opened(suite: Suite, store: Store | None, label: str) -> Suite:
    """Return a suite with what is wanted of it now: as far as its run has come, or the first look.

    Args:
        suite: What is asked.
        store: Where its run may be; None where there is none yet.
        label: Name of the run.

    Raises:
        UsageError: A goal's metric can not be asked; or the run stopped by another precision, and what it had seen
            decided when.
    """
    suite = settled_goals(suite)
    precision = suite.precision
    if precision is None:
        return suite
    runs = () if store is None else store.runs()
    before = next((run for run in runs if run.label == label and run.n_samples), None)
    former = None if before is None else before.suite.precision
    if former is not None and former != precision:
        asked = " and ".join(map(in_words, former.goals))
        raise UsageError(
            f"run {label!r} was drawn until it knew {asked}, in {former.looks} looks",
            hint="another precision is another run: --label; or ask for the same one",
        )
    if before is not None and former is not None:
        return replace(suite, standings=tuple(_reopened(s, suite, precision) for s in before.suite.standings))
    filled: Counter[tuple[str, float]] = Counter()
    if store is not None and before is not None:
        have = Counter(key for key, _ in store.filled(label))
        filled.update({(cell.prompt.id, cell.temperature): have[cell.key] for cell in cells(suite)})
    return replace(suite, standings=stopping.first_standings(suite, precision, filled))


def _reopened(standing: Standing, suite: Suite, precision: Precision) -> Standing:
    """Return a standing that goes on where only the number of samples ended it, and more are allowed now."""
    more = standing.ended == "samples" and min(standing.sizes) < suite.samples and standing.looks < precision.looks
    return replace(standing, ended="") if more else standing


@single_threaded
def looked(suite: Suite, store: Store, label: str) -> Suite | None:
    """Return a suite with what is wanted for the next look, None where nothing more is.

    Args:
        suite: What is asked, with its standings; what they want is in the store, but for draws that failed.
        store: Where the run is.
        label: Its name.
    """
    precision = suite.precision
    if precision is None or all(standing.ended for standing in suite.standings):
        return None
    level = stopping.level_of_a_look(precision, LEVEL)
    found = curves_of(store.run(label), store, level=level)
    known = stopping.stands(found, precision, level=LEVEL)
    return replace(suite, standings=stopping.after_look(suite, precision, found, known, level=level))


def curves_of(run: Run, store: Store, *, level: float) -> Mapping[str, Curve]:
    """Return the curves of the metrics that a run's goals speak of, for its prompts.

    Args:
        run: A run that stops by precision.
        store: Where it is.
        level: Level of the intervals.
    """
    asked = {goal.metric for goal in run.suite.precision.goals} if run.suite.precision else set()
    known = (resolve(request) for request in run.suite.metrics)
    metrics = {metric.title: informed(metric, run.probings) for metric in known if metric.title in asked}
    found: dict[str, list[Measurement]] = {title: [] for title in metrics}
    tools = equipped(run.suite, store, None)
    for _, own in measured_cells(run, metrics, store.outcomes(run.label), tools, level=level):
        for title, measurement in own.items():
            found[title].append(measurement)
    return curves_over(metrics, found, seed=run.suite.seed, level=level, estimand=Estimand.THESE_PROMPTS)
