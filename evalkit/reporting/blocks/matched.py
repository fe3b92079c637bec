"""Matched temperatures: at which setting the candidate is as diverse as the baseline at its own."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Comparison, Match, Matching
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.matched_words import as_text, by_metric, edges, finding
from evalkit.reporting.pictures import pictures
from evalkit.reporting.view import Block, Figure, Table
from evalkit.text.visible import visible

_ADVISED = 5
_HOW = (
    "The candidate's mean diversity is made to rise with temperature, and read off between the temperatures measured, "
    "along the logit of diversity against ln T. All means are over the same prompts. Nothing is read off outside the "
    "temperatures measured: there it says below or above. The temperature 0 has no logarithm and is left out."
)
_FEW = (
    "There are fewer than five temperatures to read off between: straight lines so far apart may not be where the "
    "candidate is. Measure it at more."
)


@block(Comparison)
def matched(found: Comparison, plots: Sequence[str] | None) -> Block | None:
    """Return a sentence, a table and a picture for each metric of diversity that has matches."""
    baseline, candidate = visible(found.baseline, limit=120), visible(found.candidate, limit=120)
    warm = tuple(t for t in found.temperatures if t > 0.0)
    lead: list[str] = []
    tables: list[Table] = []
    figures: list[Figure] = []
    failed: list[str] = []
    for matches in by_metric(found.matches).values():
        words = visible(matches[0].words, limit=120)
        said = visible(finding(matches, baseline, candidate))
        shown = Matching(words=words, matches=matches, baseline=baseline, candidate=candidate, temperatures=warm)
        drawn, cautions = pictures(shown, plots, finding=said, about=words)
        lead.append(said)
        tables.append(_table(words, matches, baseline, candidate))
        figures += drawn
        failed += (caution.fact for caution in cautions)
    if not tables:
        return None
    spoken = dict.fromkeys(each.estimand.value for each in found.matches)
    brackets = f"Brackets are {100 * found.level:.4g}% intervals, for {' or '.join(spoken)}."
    return Block(
        anchor="matched",
        heading="At which temperature are they as diverse?",
        order=20,
        lead=tuple(lead),
        tables=tuple(tables),
        figures=tuple(figures),
        notes=(f"{_HOW} {brackets}", *([_FEW] if len(warm) < _ADVISED else []), *failed),
    )


def _table(words: str, matches: Sequence[Match], baseline: str, candidate: str) -> Table:
    ends = edges(matches)
    return Table(
        caption=f"{words}: temperatures that are as diverse",
        columns=(f"temperature of {baseline}", f"temperature of {candidate}, by {words}", "prompts"),
        rows=tuple(
            (numbers.temperature(each.temperature), as_text(each, ends), numbers.count(each.n_prompts))
            for each in matches
        ),
    )
