"""The numbers of a report, in full, as JSON can say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from evalkit.nouns import JSON
from evalkit.reporting.view import CellSamples, Fact, Known, MetricSection, PromptRow, PromptSamples, Report


def numbers_of(report: Report, *, short: bool = False) -> dict[str, JSON]:
    """Return everything of a report but its pictures and its answers.

    Numbers are unrounded; a value that does not exist is null, with its reason under ``undefined``.

    Args:
        report: The report.
        short: Whether to give of each prompt the values only, without interval, method and reason.
    """
    return {
        "title": report.title,
        "label": report.label,
        "headline": report.headline,
        "summary": _facts(report.summary),
        "cautions": [
            {
                "slug": caution.slug,
                "fact": caution.fact,
                "meaning": caution.meaning,
                "remedy": caution.remedy,
                "temperatures": caution.temperatures,
            }
            for caution in report.cautions
        ],
        "metrics": [_metric(section, short=short) for section in report.metrics],
        "ladder": _ladder(report),
        "survival": _survival(report),
        "counts": [asdict(counts) for counts in report.counts],
        "settings": _facts(report.settings),
        "provenance": _facts(report.provenance),
        "blocks": {block.anchor: block.data for block in report.blocks if block.data is not None},
    }


def answers_of(report: Report) -> list[JSON]:
    """Return the answers a report shows, grouped by identical text."""
    return [_prompt(prompt) for prompt in report.samples]


def _metric(section: MetricSection, *, short: bool) -> JSON:
    return {
        "metric": section.title,
        "panel": section.panel,
        "unit": section.unit,
        "summary": section.summary,
        "references": section.references,
        "logprobs": section.logprobs,
        "trend": {
            "direction": section.trend_direction,
            "statistic": section.trend_statistic,
            "p_value": section.trend_p,
            "method": section.trend_method,
            "slope_per_ln_t": section.slope,
            "sentence": section.trend,
        },
        "optimum": None if section.best is None else asdict(section.best),
        "points": [_known(row) for row in section.rows],
        "prompts": [_row(row, short=short) for row in section.prompts],
    }


def _row(row: PromptRow, *, short: bool) -> JSON:
    if short:
        return {"prompt": row.prompt, "values": [None if known is None else known.value for known in row.values]}
    return {"prompt": row.prompt, "points": [None if known is None else _known(known) for known in row.values]}


def _known(known: Known) -> JSON:
    return {
        "temperature": known.temperature,
        "value": known.value,
        "undefined": known.undefined,
        "low": known.low,
        "high": known.high,
        "level": known.level,
        "n_prompts": known.n_prompts,
        "n_samples": known.n_samples,
        "method": known.method,
        "estimand": known.estimand,
        "these_low": None if known.these is None else known.these[0],
        "these_high": None if known.these is None else known.these[1],
    }


def _ladder(report: Report) -> JSON:
    if report.ladder is None:
        return None
    return [
        {
            "temperature": temperature,
            "level": level,
            "agreement": step.agreement,
            "n_differing": step.n_differing,
            "n_prompts": step.n_prompts,
        }
        for temperature, steps in report.ladder.rows
        for level, step in zip(report.ladder.levels, steps, strict=True)
        if step is not None
    ]


def _survival(report: Report) -> JSON:
    """Return the share of pairs still the same after 1, 2, ... words, by temperature."""
    if report.divergence is None:
        return None
    return [
        {
            "temperature": curve.temperature,
            "n_prompts": curve.n_prompts,
            "shares": curve.shares,
            "low": [None if ends is None else ends.low for ends in curve.intervals],
            "high": [None if ends is None else ends.high for ends in curve.intervals],
        }
        for curve in report.divergence.curves
    ]


def _prompt(prompt: PromptSamples) -> JSON:
    return {
        "prompt": prompt.prompt,
        "messages": [{"role": message.name, "content": message.value} for message in prompt.messages],
        "reference": prompt.reference,
        "cells": [_cell(cell) for cell in prompt.cells],
    }


def _cell(cell: CellSamples) -> JSON:
    return {
        "temperature": cell.temperature,
        "n_samples": cell.n_samples,
        "n_failures": cell.n_failures,
        "n_unsupported": cell.n_unsupported,
        "n_distinct": cell.n_distinct,
        "texts": [{"text": group.text, "n": group.n, "length": group.length} for group in cell.groups],
        "rest": cell.rest,
    }


def _facts(facts: Iterable[Fact]) -> list[JSON]:
    return [{"name": fact.name, "value": fact.value} for fact in facts]
