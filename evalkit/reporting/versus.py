"""From comparisons to a page before it is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from evalkit.nouns import (
    Caution,
    CellOutcomes,
    Comparison,
    Contrast,
    Curve,
    Forest,
    Moved,
    Overlay,
    Quantity,
    Verdict,
    merged,
)
from evalkit.reporting import numbers
from evalkit.reporting.assemble import blocks_of, shown_caution
from evalkit.reporting.contrast_rows import counts_of, in_words, row_of, sentence_of
from evalkit.reporting.facing import moved_prompts
from evalkit.reporting.headline import heading
from evalkit.reporting.pictures import pictures
from evalkit.reporting.sides import MARKS, ComparisonReport, ContrastRow, MetricContrasts, Versus
from evalkit.reporting.view import Block, Figure, Table
from evalkit.text.visible import visible

Outcome = Callable[[Contrast], str]
"""What a build is told of a contrast."""
_MOST_SETTINGS_NAMED = 3
SIGNS = (
    "▲ higher and ▼ lower: a difference is shown. ≈ equivalent: it lies within the margin that was said not to matter. "
    "? inconclusive: the data do not carry an answer, which is not the same as no difference. – undefined: there is no "
    "difference to speak of."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison, and the answers to be shown beside it."""

    comparison: Comparison
    """Baseline against candidate."""
    moved: tuple[Moved, ...] = ()
    """Its prompts, the one that moved most first; empty when no answers are to be shown."""
    moved_by: str = ""
    """Title of the metric that was asked how far."""
    cells: tuple[tuple[CellOutcomes, CellOutcomes], ...] = ()
    """Cells of the first of them, the baseline's and the candidate's, by prompt and temperature."""


def assemble_comparison(
    found: Sequence[Compared],
    *,
    plots: Sequence[str] | None = None,
    outcome: Outcome | None = None,
    asked: str = "",
) -> ComparisonReport:
    """Return the page about comparisons with one baseline before it is rendered; equal nouns give equal reports.

    Args:
        found: One for each candidate.
        plots: Names of the pictures to draw; None for all, empty for none.
        outcome: What a build is told of a contrast, one of `evalkit.reporting.sides.OUTCOMES`; None when nobody asked.
        asked: What `--fail-on` asked for, in its own words.
    """
    sections = tuple(
        _versus(each, plots, outcome, anchor=f"run-{n}" if len(found) > 1 else "") for n, each in enumerate(found, 1)
    )
    baselines = tuple(dict.fromkeys(section.baseline for section in sections))
    baseline, candidates = ", ".join(baselines), ", ".join(section.candidate for section in sections)
    return ComparisonReport(
        title=f"{candidates} against {baseline}",
        baseline=baseline,
        headline=sections[0].headline if len(sections) == 1 else tuple(section.headline[0] for section in sections),
        matrix=_matrix(sections) if len(sections) > 1 else None,
        sections=sections,
        terms=_terms(found[0].comparison) if found else (),
        asked=visible(asked, limit=200),
    )


def _versus(found: Compared, plots: Sequence[str] | None, outcome: Outcome | None, *, anchor: str) -> Versus:
    comparison = found.comparison
    metrics, failed = _metrics(comparison, plots, outcome, anchor)
    prompts, note = moved_prompts(found.moved, found.moved_by, found.cells)
    cautions = merged([*comparison.cautions, *failed])
    return Versus(
        anchor=anchor,
        baseline=visible(comparison.baseline, limit=120),
        candidate=visible(comparison.candidate, limit=120),
        headline=tuple(visible(sentence) for sentence in _headline(comparison)),
        settings=tuple(
            (visible(s.name, limit=80), visible(s.baseline, limit=400), visible(s.candidate, limit=400))
            for s in comparison.settings
        ),
        left_out=tuple(visible(str(each), limit=600) for each in comparison.left_out),
        cautions=tuple(shown_caution(caution) for caution in cautions),
        glance=_glance(metrics),
        metrics=metrics,
        blocks=tuple(_anchored(block, anchor) for block in blocks_of(comparison, plots)),
        moved=prompts,
        moved_note=note,
        numbers=_visible(comparison),
    )


def _metrics(
    comparison: Comparison, plots: Sequence[str] | None, outcome: Outcome | None, anchor: str
) -> tuple[tuple[MetricContrasts, ...], list[Caution]]:
    curves = {c.metric.title: (b, c) for b, c in _curves(comparison)}
    labels = visible(comparison.baseline, limit=120), visible(comparison.candidate, limit=120)
    made: list[MetricContrasts] = []
    failed: list[Caution] = []
    told: set[str] = set()
    for title in dict.fromkeys(each.metric for each in comparison.contrasts):
        own = tuple(each for each in comparison.contrasts if each.metric == title)
        both = curves.get(title)
        words = heading(both[0].metric) if both else visible(title, limit=80)
        rows = tuple(row_of(each, outcome, words=words) for each in own)
        unit = visible(both[0].metric.unit, limit=80) if both else ""
        said = sentence_of(rows)
        figures: list[Figure] = []
        drawn: list[object] = [Overlay(baseline=both[0], candidate=both[1], labels=labels)] if both else []
        for subject in [*drawn, Forest(words=words, unit=unit, contrasts=own)]:
            pictured, cautions = pictures(subject, plots, finding=f"{words}: {said}", about=words)
            # How to read a picture is said once: beneath the first of its kind.
            figures += [replace(each, what=each.what if each.plot not in told else "") for each in pictured]
            told.update(each.plot for each in pictured)
            failed += cautions
        made.append(
            MetricContrasts(
                anchor="-".join(filter(None, (anchor, "metric", re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")))),
                title=visible(title, limit=120),
                heading=words,
                unit=unit,
                sentence=said,
                rows=rows,
                figures=tuple(figures),
            )
        )
    return tuple(made), failed


def _curves(comparison: Comparison) -> Iterable[tuple[Curve, Curve]]:
    return zip(comparison.baseline_curves, comparison.candidate_curves, strict=True)


def _headline(comparison: Comparison) -> tuple[str, ...]:
    first, second = comparison.candidate, comparison.baseline
    counts = in_words(counts_of(comparison))
    on = (
        f"{numbers.count(len(comparison.prompts), 'prompt')} and "
        f"{numbers.count(len(comparison.temperatures), 'temperature')} in common"
    )
    if comparison.count(Verdict.HIGHER) or comparison.count(Verdict.LOWER):
        sentences = [f"{first} differs from {second}: {counts}."]
    elif any(each.differs for each in comparison.discrepancies):
        sentences = [f"No metric is shown to differ between {first} and {second}, yet their answers do: {counts}."]
    elif any(comparison.count(verdict) for verdict in Verdict):
        sentences = [
            f"No difference between {first} and {second} is shown: {counts}.",
            "That none is found does not mean that there is none; where the two are shown to be alike, it says so.",
        ]
    else:
        sentences = [f"Nothing of {first} and {second} could be contrasted: {counts}."]
    names = [setting.name for setting in comparison.settings]
    more = f" and {len(names) - _MOST_SETTINGS_NAMED} more" if len(names) > _MOST_SETTINGS_NAMED else ""
    settings = (
        f"Their settings differ too ({', '.join(names[:_MOST_SETTINGS_NAMED])}{more}): a difference may come from that."
        if names
        else "Their settings are the same."
    )
    return (*sentences, f"Contrasts rest on {on}. {settings}")


def _glance(metrics: Sequence[MetricContrasts]) -> Table | None:
    whole = {
        row.where: None for metric in metrics for row in metric.rows if row.contrast.quantity is not Quantity.SLOPE
    }
    places = tuple(whole)
    if not places:
        return None
    rows = []
    for metric in metrics:
        at = {row.where: row.short for row in metric.rows}
        rows.append((metric.heading, *(at.get(place, "–") for place in places)))
    caption = "Verdict and difference by metric and temperature"
    return Table(caption=caption, columns=("metric", *places), rows=tuple(rows))


def _matrix(sections: Sequence[Versus]) -> Table:
    titles = {metric.title: metric.heading for section in sections for metric in section.metrics}
    rows = []
    for title, words in titles.items():
        rows.append((words, *(_tally([row for row in section.rows if row.metric == title]) for section in sections)))
    columns = ("metric", *(f"{section.candidate} against {section.baseline}" for section in sections))
    return Table(caption="Verdicts by metric and run", columns=columns, rows=tuple(rows))


def _tally(rows: Sequence[ContrastRow]) -> str:
    """Return a metric's verdicts in one run, such as ``▲ 2  ▼ 5  ? 3``."""
    counts = {sign: sum(row.verdict == verdict for row in rows) for verdict, sign in MARKS.items()}
    return "  ".join(f"{sign} {n}" for sign, n in counts.items() if n) or "–"


def _terms(comparison: Comparison) -> tuple[str, ...]:
    spoken = tuple(dict.fromkeys(each.estimand.value for each in comparison.contrasts))
    chance = numbers.number(100 * (1 - comparison.level))
    return (
        "A difference is candidate minus baseline, paired by prompt: each prompt is its own control.",
        SIGNS,
        f"Brackets are {100 * comparison.level:.4g}% intervals of each contrast alone; p-values are adjusted over all "
        f"of them (Holm), so that the chance of any false ▲ or ▼ is at most {chance} %."
        + (f" They speak of {' or '.join(spoken)}." if spoken else ""),
    )


def _anchored(block: Block, anchor: str) -> Block:
    return replace(block, anchor=f"{anchor}-{block.anchor}") if anchor else block


def _visible(comparison: Comparison) -> Comparison:
    """Return the comparison without its curves, every text in it visible."""
    return replace(
        comparison,
        baseline=visible(comparison.baseline, limit=120),
        candidate=visible(comparison.candidate, limit=120),
        contrasts=tuple(row_of(each).contrast for each in comparison.contrasts),
        cautions=tuple(shown_caution(caution) for caution in comparison.cautions),
        settings=tuple(
            replace(s, name=visible(s.name, limit=80), baseline=visible(s.baseline), candidate=visible(s.candidate))
            for s in comparison.settings
        ),
        left_out=tuple(replace(each, names=tuple(map(visible, each.names))) for each in comparison.left_out),
        matches=tuple(
            replace(m, metric=visible(m.metric, limit=120), words=visible(m.words, limit=120))
            for m in comparison.matches
        ),
        prompts=tuple(map(visible, comparison.prompts)),
        baseline_curves=(),
        candidate_curves=(),
    )
