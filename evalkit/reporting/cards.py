"""What a notebook shows of a noun: a small piece of HTML, escaped, with neither script nor address."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from evalkit.nouns import Comparison, Curve, Overlay
from evalkit.reporting import numbers
from evalkit.reporting.contrast_rows import counts_of, in_words, row_of
from evalkit.reporting.findings import Findings
from evalkit.reporting.headline import heading, headline, main_curve, trend_sentence
from evalkit.reporting.pictures import pictures
from evalkit.reporting.theme import LIGHT
from evalkit.reporting.view import Figure
from evalkit.text.visible import visible

_MOST_ROWS = 60


def curve_card(curve: Curve) -> str:
    """Return a curve as a heading, its picture, whether it moves, and a table by temperature."""
    said = trend_sentence(curve)
    figures, _ = pictures(curve, ("curve",), finding=said, about=heading(curve.metric))
    columns = ("temperature", curve.metric.unit, "prompts", "samples")
    rows = [
        (
            numbers.temperature(point.temperature),
            numbers.shown(point.estimate),
            numbers.count(point.estimate.n_prompts),
            numbers.count(point.estimate.n_samples),
        )
        for point in curve.points
    ]
    return _card(heading(curve.metric), [said], figures, columns, rows, _told(curve.cautions))


def results_card(found: Findings) -> str:
    """Return what was measured as the headline, the picture of its metric, and a table of all of them."""
    curves = tuple(found.curves.values())
    main, said = main_curve(curves), headline(curves)
    figures = () if main is None else pictures(main, ("curve",), finding=said[0], about=heading(main.metric))[0]
    temperatures = sorted({point.temperature for curve in curves for point in curve.points})
    columns = ("metric", *(f"T = {numbers.temperature(t)}" for t in temperatures))
    rows = []
    for curve in curves:
        points = [curve.at(t) for t in temperatures]
        rows.append(
            (heading(curve.metric), *("–" if point is None else numbers.shown(point.estimate) for point in points))
        )
    cautions = (*found.cautions, *(caution for curve in curves for caution in curve.cautions))
    return _card(found.run.label, said, figures, columns, rows, _told(cautions))


def comparison_card(found: Comparison) -> str:
    """Return a comparison as its verdicts counted, the first metric's picture, and a table of all differences."""
    title = f"{found.candidate} against {found.baseline}"
    said = [f"{in_words(counts_of(found))}."]
    said += [f"settings differ, {each}" for each in found.settings]
    figures: tuple[Figure, ...] = ()
    if found.baseline_curves and found.candidate_curves:
        labels = visible(found.baseline, limit=120), visible(found.candidate, limit=120)
        both = Overlay(baseline=found.baseline_curves[0], candidate=found.candidate_curves[0], labels=labels)
        figures, _ = pictures(both, ("overlay",), finding=said[0], about=title)
    words = {curve.metric.title: heading(curve.metric) for curve in found.candidate_curves}
    columns = ("metric", "where", "difference", "p, adjusted", "verdict", "remark")
    rows = []
    for each in found.contrasts:
        row = row_of(each, words=words.get(each.metric, ""))
        verdict = f"{row.mark} {row.verdict}"
        rows.append((row.words, row.where, row.difference or "–", row.p_value or "–", verdict, row.remark))
    return _card(title, said, figures, columns, rows, _told(found.cautions))


def _told(cautions: Iterable[object]) -> str:
    facts = dict.fromkeys(str(getattr(each, "fact", "")) for each in cautions)
    return f"{numbers.count(len(facts), 'caution')}: {' '.join(facts)}" if facts else ""


def _card(
    title: str,
    said: Sequence[str],
    figures: Sequence[Figure],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    foot: str,
) -> str:
    style = f"background:{LIGHT['paper']};color:{LIGHT['ink']};padding:0.8em;max-width:60em;overflow-x:auto"
    parts = [f"<p><strong>{_safe(title)}</strong></p>", *(f"<p>{_safe(each)}</p>" for each in said)]
    parts += map(_picture, figures)
    head = "".join(f'<th scope="col">{_safe(name)}</th>' for name in columns)
    parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>")
    for first, *others in rows[:_MOST_ROWS]:
        cells = "".join(f"<td>{_safe(cell)}</td>" for cell in others)
        parts.append(f'<tr><th scope="row">{_safe(first)}</th>{cells}</tr>')
    parts.append("</tbody></table>")
    if len(rows) > _MOST_ROWS:
        parts.append(f"<p>{numbers.count(len(rows) - _MOST_ROWS)} more rows are not shown.</p>")
    if foot:
        parts.append(f"<p>{_safe(foot)}</p>")
    return f'<div style="{style}">{"".join(parts)}</div>'


def _picture(figure: Figure) -> str:
    data = base64.b64encode(figure.light.encode("utf-8", "replace")).decode("ascii")
    size = f'width="{figure.width}" height="{figure.height}" style="max-width:100%;height:auto"'
    return f'<p><img src="data:image/svg+xml;base64,{data}" alt="{_safe(figure.alt)}" {size}></p>'


def _safe(text: str) -> str:
    return escape(visible(text, limit=600))
