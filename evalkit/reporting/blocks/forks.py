"""Where answers part: after how many words, into how many ways, and the trees of the first prompts."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import JSON, ForkRow
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.findings import Findings
from evalkit.reporting.pictures import pictures
from evalkit.reporting.view import Block, Table
from evalkit.text.tree import tree
from evalkit.text.visible import visible

_WORDS = (
    "Words are what stands between white space. A prompt whose answers never part counts as one that parts later than"
    " any other; ways on and their shares are medians over the prompts that part."
)
_SAMPLES = (
    "The ways on are those from the first fork, where all samples of a cell have shared their last word: more samples"
    " part earlier. What two answers share does not depend"
    " on the number of samples, nor does the picture, which is made of pairs, too."
)


_WIDTH = 92  # columns that fit beside the table of contents


@block(Findings)
def forks(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return the sentence, the medians, the share of pairs still the same by words, and trees to unfold."""
    rows = [row for row in found.forks if row.n_prompts]
    if not rows:
        return None
    finding = in_words(rows)
    drawn = plots if found.divergence is not None and found.divergence.curves else ()
    figures, cautions = pictures(found.divergence, drawn, finding=finding, about="where answers part")
    shown = len({each.prompt_id for each in found.trees})
    total = max(row.n_prompts for row in rows)
    left_out = f"Trees are of the first {shown} of {numbers.count(total, 'prompt')}; `evalkit forks` shows the others."
    return Block(
        anchor="forks",
        heading="Where answers part",
        order=10,
        lead=(finding,),
        tables=(table(rows),),
        figures=figures,
        trees=tuple(
            (
                f"{visible(each.prompt_id, limit=80, keep='')}, T = {numbers.temperature(each.temperature)}",
                tree(each, width=_WIDTH),
            )
            for each in found.trees
        ),
        notes=(_WORDS, _SAMPLES, *([left_out] if 0 < shown < total else []), *(caution.fact for caution in cautions)),
        data=data(rows),
    )


def in_words(rows: Sequence[ForkRow]) -> str:
    """Return where answers part at the lowest and at the highest temperature, in a sentence.

    Args:
        rows: By ascending temperature, at least one.
    """
    cold, hot = rows[0], rows[-1]
    said = _said(cold, first=True) if cold is hot else f"{_said(cold, first=True)}; {_said(hot, first=False)}"
    return f"{said}."


def _said(row: ForkRow, *, first: bool) -> str:
    where = numbers.at_temperature(row.temperature)
    where = where if first else where[:1].lower() + where[1:]
    prompts = numbers.count(row.n_prompts, "prompt")
    if not row.n_forking:
        return f"{where} the answers to none of {prompts} part" if first else f"{where} none do"
    if row.shared is None:
        return f"{where} most pairs of answers never part, though those to {row.n_forking} of {prompts} do"
    words = "with the first word" if row.shared == 0 else f"after {_words(row.shared)}"
    return f"{where} two answers part {words}{f' (median over {prompts})' if first else ''}"


def _words(position: float) -> str:
    return f"{position:g} word{'' if position == 1 else 's'}"


def table(rows: Sequence[ForkRow]) -> Table:
    """Return the medians by temperature as a table."""
    return Table(
        caption="Where answers part, as medians over prompts.",
        columns=("temperature", "words two share", "words all share", "ways on", "commonest way", "prompts that part"),
        rows=tuple(
            (
                numbers.temperature(row.temperature),
                f"{row.shared:g}"
                if row.shared is not None
                else "half never part"
                if row.n_forking
                else "they never part",
                "–" if row.position is None else f"{row.position:g}",
                "–" if row.branches is None else f"{row.branches:g}",
                "–" if row.largest is None else f"{100 * row.largest:.0f} %",
                f"{row.n_forking} of {row.n_prompts}",
            )
            for row in rows
        ),
    )


def data(rows: Sequence[ForkRow]) -> JSON:
    """Return the same in numbers, one mapping for each temperature."""
    return [
        {
            "temperature": row.temperature,
            "shared": row.shared,
            "position": row.position,
            "undefined": row.undefined,
            "branches": row.branches,
            "largest": row.largest,
            "n_forking": row.n_forking,
            "n_prompts": row.n_prompts,
            "least_samples": row.least_samples,
            "most_samples": row.most_samples,
        }
        for row in rows
    ]
