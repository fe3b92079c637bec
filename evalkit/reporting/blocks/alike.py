"""Do two runs answer alike? Their discrepancy by likeness of texts, beside what the baseline gives against itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.nouns import Comparison, Discrepancy
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.view import Block, Table
from evalkit.text.visible import visible

_COLUMNS = ("likeness of texts", "temperature", "discrepancy", "noise floor", "p", "difference", "prompts")
_NOTE = (
    "The discrepancy is 0 on average where both runs answer alike, in any respect that the likeness can see, not only "
    "in what a metric counts. The noise floor is what the baseline gives against itself: 95 of 100 random splits of "
    "its answers into halves stay below; a dash says that it holds too few. The verdict is that of a permutation test, "
    "adjusted over all rows. Of more than 500 answers of a run to a prompt, 500 are drawn by chance. That no "
    "difference is shown does not mean that there is none."
)


@block(Comparison)
def alike(found: Comparison, plots: Sequence[str] | None) -> Block | None:
    """Return whether both runs answer alike, by likeness of texts and temperature."""
    del plots
    if not found.discrepancies:
        return None
    rows = tuple(_row(each) for each in found.discrepancies)
    return Block(
        anchor="alike",
        heading="Do they answer alike?",
        order=1,
        lead=(_lead(found.discrepancies),),
        tables=(Table(caption="Discrepancy by likeness of texts and temperature", columns=_COLUMNS, rows=rows),),
        notes=(_NOTE,),
        data=[asdict(each) for each in found.discrepancies],
    )


def _lead(found: Sequence[Discrepancy]) -> str:
    temperatures = sorted({each.temperature for each in found})
    where = [t for t in temperatures if any(each.differs for each in found if each.temperature == t)]
    if not where:
        return "No difference between the answers of both runs is shown at any temperature."
    named = ", ".join(numbers.temperature(t) for t in where)
    if len(where) == len(temperatures):
        return "The answers of both runs are shown to differ at every temperature."
    return f"The answers of both runs are shown to differ at T = {named}; at the others no difference is shown."


def _row(each: Discrepancy) -> tuple[str, ...]:
    return (
        visible(each.kernel, limit=80).replace("_", " "),
        numbers.temperature(each.temperature),
        numbers.number(each.value),
        "–" if each.floor is None else numbers.number(each.floor),
        numbers.p_alone(each.p_adjusted),
        "shown" if each.differs else "not shown",
        numbers.count(each.n_prompts),
    )
