"""Which temperature? A sentence for each aim, with the evidence; and where quality falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.nouns import ChangePoint
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.findings import Findings
from evalkit.reporting.view import Block, Table
from evalkit.text.visible import visible

_NOTE = (
    "An aim is decided only where the data carry it. A fall begins where the line closest to the means, level and then "
    "falling, has its kink; a fall that begins gently begins before it. Pictures of this page are shaded beyond the "
    "lowest such kink."
)


@block(Findings)
def advice(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return the temperature for each aim in a sentence, and each metric of quality with the place of its fall."""
    del plots
    if not found.advice:
        return None
    falls = Table(
        caption="Where quality falls.",
        columns=("quality", "falls beyond T", "interval", "prompts", "how it was found"),
        rows=tuple(_fall(each) for each in found.limits),
    )
    return Block(
        anchor="advice",
        heading="Which temperature?",
        order=-10,
        lead=tuple(f"{each.aim.capitalize()}: {visible(_uncapped(each.sentence))}" for each in found.advice),
        tables=(falls,) if found.limits else (),
        trees=tuple(
            (f"{each.aim}: the evidence", "\n".join(visible(line) for line in each.evidence))
            for each in found.advice
            if each.evidence
        ),
        notes=(_NOTE,),
        data={"aims": [asdict(each) for each in found.advice], "limits": [asdict(each) for each in found.limits]},
    )


def _uncapped(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _fall(each: ChangePoint) -> tuple[str, ...]:
    place = each.kind if each.temperature is None else numbers.temperature(each.temperature)
    ends = "–"
    if each.low is not None and each.high is not None:
        ends = f"[{numbers.temperature(each.low)}, {numbers.temperature(each.high)}]"
    return visible(each.words, limit=120), place, ends, str(each.n_prompts), visible(each.method, limit=200)
