"""From nouns to a page before it is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.nouns import Caution, CellOutcomes, Curve, Panel, Run, canonical, merged
from evalkit.reporting import numbers
from evalkit.reporting.answers import Answers
from evalkit.reporting.figures import MOST_BYTES, plots_of_curves
from evalkit.reporting.findings import Findings
from evalkit.reporting.headline import headline, main_curve
from evalkit.reporting.ladder import ladder_of
from evalkit.reporting.peak import frontier_of
from evalkit.reporting.sections import section
from evalkit.reporting.specimens import Tally, specimens
from evalkit.reporting.view import Block, Fact, MetricSection, Report
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.reporting.plots.base import Plot

_ONCE = frozenset({"multiples", "strip"})
"""Pictures that are drawn for the metric of the headline only; the heat map shows the others' prompts."""


def assemble(
    found: Findings, cells: Iterable[CellOutcomes], *, plots: Sequence[str] | None = None, explored: bool = True
) -> Report:
    """Return the page of a run before it is rendered; equal nouns give equal reports.

    Args:
        found: The run and what was found about it.
        cells: The run's cells, prompts outermost; read once, one at a time.
        plots: Names of the pictures to draw; None for all, empty for none.
        explored: Whether all answers are gathered, for a page that explores them.
    """
    run, curves = found.run, found.curves
    drawn = plots_of_curves(plots) if curves else ()
    main = main_curve(tuple(curves.values()))
    ordered = sorted(curves.values(), key=lambda curve: curve is not main)
    parts = _sections(ordered, drawn)
    steps = ladder_of(found.ladder)
    answers = Answers(n_prompts=len(run.suite.prompts))
    seen = answers.watch(cells) if explored else cells
    samples, note, tally = specimens(seen, n_temperatures=len(run.suite.temperatures))
    warnings = [
        *found.cautions,
        *(c for curve in ordered for c in curve.cautions),
        *(c for _, failed in parts for c in failed),
    ]
    sentences = [*headline(tuple(curves.values())), *([steps.sentence] if steps and steps.sentence else [])]
    return Report(
        title=visible(run.suite.name, limit=120),
        label=visible(run.label, limit=120),
        headline=tuple(visible(sentence) for sentence in sentences),
        summary=_summary(run, tally),
        cautions=tuple(shown_caution(caution) for caution in merged(warnings)),
        metrics=tuple(part for part, _ in parts),
        ladder=steps,
        counts=found.counts,
        divergence=found.divergence,
        samples=samples,
        samples_note=note,
        settings=_settings(run),
        provenance=_provenance(run),
        source=visible(run.suite.source, limit=20_000),
        blocks=blocks_of(found, plots),
        answers=answers.sheet() if explored else None,
    )


def blocks_of(found: object, plots: Sequence[str] | None = None) -> tuple[Block, ...]:
    """Return every registered part that has something to say of this, in the order in which they stand.

    Args:
        found: `Findings` of a run, or of another kind that parts speak of.
        plots: As for `assemble`.
    """
    makers = [registry.find("blocks", name) for name in registry.names("blocks")]
    made = [maker(found, plots) for maker in makers]
    return tuple(sorted((block for block in made if block is not None), key=lambda b: (b.order, b.anchor)))


def _beside(curve: Curve, curves: Mapping[str, Curve]) -> list[object]:
    """Return what else may be drawn in a metric's part of the page."""
    frontier = frontier_of(curve, curves)
    return [] if frontier is None else [frontier]


def _sections(curves: Sequence[Curve], plots: Sequence[Plot]) -> list[tuple[MetricSection, tuple[Caution, ...]]]:
    """Return each metric's part of the page; the first ones get their pictures before the room is used up."""
    parts = []
    room = MOST_BYTES
    by_title = {curve.metric.title: curve for curve in curves}
    for curve in curves:
        # One picture is enough for what stands behind the front; what shows prompts is drawn in full once.
        chosen = plots if curve.metric.panel is Panel.FRONT else plots[:1]
        chosen = chosen if curve is curves[0] else [plot for plot in chosen if plot.name not in _ONCE]
        part, failed = section(curve, chosen, room=room, beside=_beside(curve, by_title))
        room -= sum(len(figure.light) for figure in part.figures)
        parts.append((part, failed))
    return parts


def _summary(run: Run, tally: Tally) -> tuple[Fact, ...]:
    suite = run.suite
    several = [numbers.count(len(suite.temperatures), "temperature")] if suite.send_temperature else []
    samples = f"{'at most ' if suite.precision else ''}{numbers.count(suite.samples, 'sample')}"
    grid = " × ".join((numbers.count(len(suite.prompts), "prompt"), *several, samples))
    facts = [
        ("model", suite.endpoint.model),
        ("endpoint", suite.endpoint.base_url or "none: the answers were recorded elsewhere"),
        ("design", grid),
        *([("load at T = 0", ", ".join(load.value for load in suite.load))] if suite.load else []),
        ("samples", f"{numbers.count(run.n_samples)} of {numbers.count(run.n_draws)} planned"),
    ]
    if not suite.send_temperature:
        facts.append(("temperature", "not sent: only repetitions are compared"))
    if run.n_failures:
        facts.append(("failures", numbers.count(run.n_failures, "draw")))
    if run.n_unsupported:
        facts.append(("at refused temperatures", numbers.count(run.n_unsupported, "draw")))
    if run.first_at:
        facts.append(("sampled", numbers.period(run.first_at, run.last_at or run.first_at)))
    return _facts(facts) + tally.facts()


def _settings(run: Run) -> tuple[Fact, ...]:
    suite, decoding = run.suite, run.suite.decoding
    facts = [
        ("backend", suite.endpoint.backend),
        ("mode", suite.mode.value),
        ("temperatures", ", ".join(numbers.temperature(t) for t in suite.temperatures)),
        ("top_p", "not sent" if decoding.top_p is None else f"{decoding.top_p:g}"),
        ("max_tokens", str(decoding.max_tokens)),
        ("seed of requests", "not sent" if decoding.seed is None else f"{decoding.seed} + replicate"),
        ("seed of the order", str(suite.seed)),
        ("embedding", str(suite.embedding)),
        ("requests in flight", f"at most {suite.concurrency}"),
    ]
    if suite.judge is not None:
        facts.append(("judge", str(suite.judge)))
    if decoding.stop:
        facts.append(("stop", canonical(decoding.stop)))
    facts += [(name, canonical(value)) for name, value in decoding.extra]
    return _facts(facts)


def _provenance(run: Run) -> tuple[Fact, ...]:
    origin = run.provenance
    facts = [
        ("label", run.label),
        ("source", origin.source),
        ("plan", run.plan_key),
        ("created", run.created_at),
        ("evalkit", origin.evalkit_version),
        ("python", origin.python),
        ("platform", origin.platform),
    ]
    if origin.commit:
        facts.append(("commit", origin.commit))
    return _facts(facts + list(origin.packages))


def _facts(pairs: Iterable[tuple[str, str]]) -> tuple[Fact, ...]:
    return tuple(Fact(name=visible(name, limit=80), value=visible(value, limit=400)) for name, value in pairs)


def shown_caution(caution: Caution) -> Caution:
    """Return a caution whose texts are made visible."""
    return replace(
        caution,
        fact=visible(caution.fact, limit=2000),
        meaning=visible(caution.meaning, limit=2000),
        remedy=visible(caution.remedy, limit=2000),
    )
