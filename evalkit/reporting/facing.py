"""Answers of two runs side by side, of the prompts that moved most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalkit.nouns import CellOutcomes, Moved
from evalkit.reporting import numbers
from evalkit.reporting.sides import AnswerPair, MovedPrompt
from evalkit.reporting.specimens import MOST_LETTERS
from evalkit.reporting.view import Group
from evalkit.text.visible import visible

MOST_PROMPTS = 5
"""Prompts whose answers stand on one page."""
MOST_TEMPERATURES = 10
"""Temperatures at which the answers to one prompt are shown."""


def moved_prompts(
    moved: Sequence[Moved], by: str, cells: Sequence[tuple[CellOutcomes, CellOutcomes]]
) -> tuple[tuple[MovedPrompt, ...], str]:
    """Return the prompts that moved most with answers of both runs, and by what rule they were chosen.

    Args:
        moved: Prompts, the one that moved most first.
        by: Title of the metric that was asked how far.
        cells: Cells of the first of them, the baseline's and the candidate's.
    """
    shown = [each for each in moved[:MOST_PROMPTS] if any(b.cell.prompt.id == each.prompt for b, _ in cells)]
    made = tuple(_prompt(each, [pair for pair in cells if pair[0].cell.prompt.id == each.prompt]) for each in shown)
    if not made:
        return (), ""
    first = "The" if len(made) == len(moved) else f"Of {numbers.count(len(moved), 'prompt')}, the"
    note = (
        f"{first} {numbers.count(len(made), 'prompt')} that moved most by {visible(by, limit=80)}: by its absolute "
        "difference of the two runs, mean over the temperatures at which both have a value. Of each cell the commonest "
        f"text is shown, the first in the alphabet where several are, {MOST_LETTERS} characters of it at most; it "
        "stands for its cell only as far as its count says."
    )
    return made, note


def _prompt(moved: Moved, cells: Sequence[tuple[CellOutcomes, CellOutcomes]]) -> MovedPrompt:
    told = cells[0][0].cell.prompt.messages  # none where answers were recorded without their questions
    step = -(-len(cells) // MOST_TEMPERATURES)
    ordered = sorted(cells, key=lambda pair: pair[0].cell.temperature)[::step]
    return MovedPrompt(
        prompt=visible(moved.prompt, limit=80),
        message=visible(told[-1].content, limit=MOST_LETTERS) if told else "",
        moved=f"moved by {numbers.number(moved.distance)}, mean over "
        f"{numbers.count(moved.n_temperatures, 'temperature')}",
        pairs=tuple(_pair(*pair) for pair in ordered),
    )


def _pair(baseline: CellOutcomes, candidate: CellOutcomes) -> AnswerPair:
    left, left_of = _commonest(baseline)
    right, right_of = _commonest(candidate)
    return AnswerPair(temperature=baseline.cell.temperature, left=left, right=right, left_of=left_of, right_of=right_of)


def _commonest(outcomes: CellOutcomes) -> tuple[Group, str]:
    counts = Counter(sample.text for sample in outcomes.samples)
    text, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
    total = len(outcomes.samples)
    group = Group(
        text=visible(text, limit=MOST_LETTERS),
        n=n,
        share=numbers.share(n, total),
        length=len(text),
        shortened=len(text) > MOST_LETTERS,
    )
    others = "" if len(counts) == 1 else f", {numbers.count(len(counts), 'different text')} in all"
    return group, f"{numbers.count(n)} of {numbers.count(total, 'answer')}{others}"
