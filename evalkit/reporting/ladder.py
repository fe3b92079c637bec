"""At which level of equality disagreement disappears."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import LadderRow
from evalkit.reporting import numbers
from evalkit.reporting.view import Ladder, Step
from evalkit.text.visible import visible

_LEVELS = {
    "raw": "bytes",
    "nfc_strip": "white space at the ends",
    "whitespace": "white space",
    "loose": "case",
    "punctuation": "punctuation",
    "json": "canonical JSON",
    "answer": "parsed answer",
}

_FEW_LEFT = 0.1  # share of differing prompts that may be left where a difference has as good as disappeared


def ladder_of(rows: Sequence[LadderRow]) -> Ladder | None:
    """Return the ladder as a table with its sentence; None when there are no rows.

    Args:
        rows: By temperature, then by level, strictest first.
    """
    if not rows:
        return None
    levels = tuple(dict.fromkeys(row.level for row in rows))
    temperatures = sorted({row.temperature for row in rows})
    by_place = {(row.temperature, row.level): row for row in rows}
    table = tuple((t, tuple(_step(by_place.get((t, level))) for level in levels)) for t in temperatures)
    coldest = [row for row in rows if row.temperature == temperatures[0]]
    return Ladder(levels=tuple(_name(level) for level in levels), rows=table, sentence=_sentence(coldest))


def _step(row: LadderRow | None) -> Step | None:
    if row is None:
        return None
    text = numbers.number(row.agreement, decimals=3)
    return Step(agreement=row.agreement, text=text, n_differing=row.n_differing, n_prompts=row.n_prompts)


def _sentence(rows: list[LadderRow]) -> str:
    """Return what the ladder says at one temperature."""
    strict = rows[0]
    where = numbers.at_temperature(strict.temperature)
    if not strict.n_prompts:
        return ""
    of_all = f"{numbers.count(strict.n_differing)} of {numbers.count(strict.n_prompts, 'prompt')}"
    if not strict.n_differing:
        return f"{where}, repeated answers were identical for every prompt ({strict.n_prompts} of {strict.n_prompts})."
    gone = next((row for row in rows if not row.n_differing), None)
    if gone is not None:
        return (
            f"{where}, repeated answers differ for {of_all}, but the difference disappears at the level of "
            f"{_name(gone.level)}."
        )
    nearly = next((row for row in rows if row.n_differing <= _FEW_LEFT * strict.n_differing), None)
    if nearly is not None:
        return (
            f"{where}, repeated answers differ for {of_all}, but the difference disappears at the level of "
            f"{_name(nearly.level)} for all but {numbers.count(nearly.n_differing)} of them."
        )
    last = rows[-1]
    return (
        f"{where}, repeated answers differ for {of_all}; at the level of {_name(last.level)} they still differ for "
        f"{numbers.count(last.n_differing)}."
    )


def _name(level: str) -> str:
    return visible(_LEVELS.get(level, level.replace("_", " ")), limit=40)
