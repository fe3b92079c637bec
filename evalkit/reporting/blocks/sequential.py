"""Stopping: what sampling was to find out, when it knew, and what a plan without looks would have taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.reporting.blocks.base import block
from evalkit.reporting.findings import Findings
from evalkit.reporting.pictures import pictures
from evalkit.reporting.sequential_words import cells_table, sentences, table
from evalkit.reporting.view import Block

_NOTE = (
    "The numbers of samples followed what was seen. Intervals on this page pay for every look there may have been, so"
    " they hold whenever sampling stopped; p-values, and metrics that change with the number of samples, do not."
)


@block(Findings)
def sequential(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return when sampling stopped at each temperature, and why; None for a plan without looks."""
    if found.sequential is None:
        return None
    lead = sentences(found.sequential)
    figures, cautions = pictures(found.sequential, plots, finding=lead[0], about="stopping")
    return Block(
        anchor="stopping",
        heading="When sampling stopped",
        order=5,
        lead=lead,
        tables=(table(found.sequential), cells_table(found.sequential, found.run.suite)),
        figures=figures,
        notes=(_NOTE, *(caution.fact for caution in cautions)),
        data=[
            {
                "temperature": stand.temperature,
                "goal": asdict(stand.goal),
                "value": stand.value,
                "low": stand.low,
                "high": stand.high,
                "level": found.sequential.level,
                "level_of_each_look": found.sequential.level_at_a_look,
                "reached": stand.is_reached,
                "side": stand.side,
                "reason": stand.reason,
                "n_fixed": stand.n_fixed,
                "ended": standing.ended,
                "looks": standing.looks,
                "sizes": list(standing.sizes),
            }
            for standing in found.sequential.standings
            for stand in found.sequential.stands
            if stand.temperature == standing.temperature
        ],
    )
