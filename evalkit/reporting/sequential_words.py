"""Sampling that stopped when enough was known: as sentences, and as a table."""

from __future__ import annotations

from evalkit.nouns import Goal, Interval, Sequential, Stand, Standing, Suite, in_words
from evalkit.reporting import numbers
from evalkit.reporting.view import Table
from evalkit.text.counting import counted
from evalkit.text.visible import visible

ENDED = {
    "known": "all that was asked for is known",
    "looks": "the looks are used up",
    "samples": "every cell has the most samples",
    "nothing": "the metric has no value here",
    "": "more samples are wanted",
}
"""Why sampling ended at a temperature, in words."""
_COLUMNS = ("temperature", "goal", "value", "reached", "samples", "looks", "fixed plan")
_MOST_PROMPTS = 30


def sentences(found: Sequential) -> tuple[str, ...]:
    """Return what was known when sampling stopped, and what a plan without looks would have taken."""
    reached = sum(stand.is_reached for stand in found.stands)
    goals = ", ".join(visible(in_words(goal)) for goal in found.precision.goals)
    first = (
        f"Sampling stopped when enough was known ({goals}): {counted(found.n_samples, 'sample')} were drawn, and "
        f"{reached} of {counted(len(found.stands), 'goal')} were reached, in {found.precision.looks} looks at most."
    )
    level = f"Each interval is at {found.level_at_a_look:.1%}, so that all looks together hold {found.level:.0%}."
    if not found.n_samples_fixed:
        return first, level
    fixed, share = found.n_samples_fixed, found.n_samples / found.n_samples_fixed
    saved = (
        f"By what is known now, a plan without looks would have taken {counted(fixed, 'sample')} to know as much, "
        f"{found.n_fixed:,} of each cell, as many everywhere as the neediest takes; {share:.0%} of that was drawn."
    )
    return first, saved, level


def table(found: Sequential) -> Table:
    """Return one row for each temperature and goal."""
    standings = {standing.temperature: standing for standing in found.standings}
    return Table(
        caption="What was asked for, by temperature: the samples of each prompt where sampling stopped, what was known"
        " then, and what a plan without looks would have taken there.",
        columns=_COLUMNS,
        rows=tuple(_row(stand, standings[stand.temperature], found.level) for stand in found.stands),
    )


def cells_table(found: Sequential, suite: Suite) -> Table:
    """Return the samples of each cell: prompts down, temperatures across."""
    sizes = list(zip(*(standing.sizes for standing in found.standings), strict=True))
    named = [visible(prompt.id, limit=60) for prompt in suite.prompts]
    shown = [(name, *map(numbers.count, row)) for name, row in zip(named, sizes, strict=True)]
    more = len(shown) - _MOST_PROMPTS
    return Table(
        caption="Samples of each cell." + (f" {counted(more, 'further prompt')} are in the data." if more > 0 else ""),
        columns=("prompt", *(f"T = {numbers.temperature(standing.temperature)}" for standing in found.standings)),
        rows=tuple(shown[:_MOST_PROMPTS]),
    )


def _row(stand: Stand, standing: Standing, level: float) -> tuple[str, ...]:
    low, high = min(standing.sizes), max(standing.sizes)
    known = stand.low is not None and stand.high is not None
    interval = Interval(low=stand.low, high=stand.high, level=level) if known else None  # type: ignore[arg-type]
    value = "none" if stand.value is None else numbers.value_and_interval(stand.value, interval)
    return (
        numbers.temperature(stand.temperature),
        visible(in_words(stand.goal)),
        value if known or stand.value is None else f"{value}, {visible(stand.reason)}",
        _reached(stand, stand.goal, standing),
        numbers.count(low) if low == high else f"{low:,} to {high:,}",
        numbers.count(standing.looks),
        "" if stand.n_fixed is None else numbers.count(stand.n_fixed),
    )


def _reached(stand: Stand, goal: Goal, standing: Standing) -> str:
    if stand.side:
        return f"{'above' if stand.side > 0 else 'below'} {goal.against:g}"
    if stand.is_narrow:
        half = "" if stand.half is None else f"±{numbers.number(stand.half)}"
        return f"narrow, {half}" if goal.against is None else f"narrow, {half}; the side of {goal.against:g} is open"
    half = "" if stand.half is None else f", ±{numbers.number(stand.half)} by now"
    return f"no: {ENDED[standing.ended]}{half}"
