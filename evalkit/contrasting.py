"""From comparisons to their page: what `compare --output` writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from evalkit import registry
from evalkit.analysis.moved import moved
from evalkit.analysis.pairing import Place, place
from evalkit.nouns import CellOutcomes, Comparison, Contrast, Curve
from evalkit.nouns.ports import Store
from evalkit.reporting.facing import MOST_PROMPTS
from evalkit.reporting.versus import Compared, assemble_comparison
from evalkit.reporting.write import renderer_of, write_report

_WITH_PICTURES = frozenset({"html"})


def report_comparison(
    comparison: Comparison,
    path: str | Path,
    *,
    store: Store | None = None,
    baseline_store: Store | None = None,
    renderer: str | None = None,
) -> Path:
    """Return the path of the page that was written about a comparison.

    Args:
        comparison: What `compare` gave.
        path: The file to write; its ending chooses the renderer: html, md, json, csv, xml (JUnit).
        store: Where the candidate is; answers of both runs are shown side by side, on a page. None shows none.
        baseline_store: Where the baseline is; the same store when None.
        renderer: Name of a renderer, whatever the ending says.

    Raises:
        ReportError: The file can not be written.
        UnknownNameError: Nothing renders that ending.
    """
    name = renderer or renderer_of(path)
    registry.find("comparison_renderers", name)  # an unknown name is told before any answer is read
    found = Compared(comparison=comparison)
    if store is not None and shows_answers(name):
        found = beside(comparison, baseline_store or store, store)
    return write_report(rendered_comparison([found], name), path)


def shows_answers(renderer: str) -> bool:
    """Return whether a renderer shows answers; a table for a pull request and data for a build hold none."""
    return renderer in _WITH_PICTURES


def beside(comparison: Comparison, baseline: Store, candidate: Store) -> Compared:
    """Return a comparison with the answers of both runs to the prompts that moved most.

    They are chosen by the first metric that speaks of diversity, else by the first: choosing the one that moved
    most would show what chance did.

    Args:
        comparison: What was found.
        baseline: Where the baseline is.
        candidate: Where the candidate is.
    """
    curves = _chosen(comparison)
    if curves is None:
        return Compared(comparison=comparison)
    far = moved(*curves)
    wanted = {each.prompt for each in far[:MOST_PROMPTS]}
    before = _cells(baseline, comparison.baseline, wanted)
    after = _cells(candidate, comparison.candidate, wanted)
    cells = tuple((before[at], after[at]) for at in before if at in after)
    return Compared(comparison=comparison, moved=far, moved_by=curves[0].metric.words, cells=cells)


def rendered_comparison(
    found: Sequence[Compared],
    renderer: str,
    *,
    outcome: Callable[[Contrast], str] | None = None,
    asked: str = "",
) -> str:
    """Return comparisons with one baseline as text: a page, a table for a pull request, data, or a build's cases.

    Args:
        found: One for each candidate.
        renderer: Name of a renderer of comparisons.
        outcome: What a build is told of a contrast; None when nothing was asked.
        asked: What was asked, in its own words.

    Raises:
        UnknownNameError: There is no renderer of that name.
    """
    make = registry.find("comparison_renderers", renderer)
    # Pictures take most of the time, and a table has none.
    plots: Sequence[str] | None = None if renderer in _WITH_PICTURES else ()
    text: str = make(assemble_comparison(found, plots=plots, outcome=outcome, asked=asked))
    return text


def _chosen(comparison: Comparison) -> tuple[Curve, Curve] | None:
    """Return both curves of the metric that tells which prompts moved."""
    pairs = list(zip(comparison.baseline_curves, comparison.candidate_curves, strict=True))
    return next((pair for pair in pairs if pair[0].metric.diversity), pairs[0] if pairs else None)


def _cells(store: Store, label: str, prompts: set[str]) -> dict[Place, CellOutcomes]:
    found = (each for each in store.outcomes(label) if each.samples and each.cell.prompt.id in prompts)
    return {place(each.cell.prompt.id, each.cell.temperature): each for each in found}
