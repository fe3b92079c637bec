"""The numbers of comparisons, in full, as JSON can say them."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import Enum
from typing import Any

from evalkit.nouns import JSON, Comparison
from evalkit.reporting.sides import ComparisonReport

_CURVES = frozenset({"baseline_curves", "candidate_curves"})


def comparison_numbers(report: ComparisonReport) -> dict[str, JSON]:
    """Return everything of a comparison's page but its pictures and its answers, numbers unrounded."""
    return {
        "title": report.title,
        "headline": report.headline,
        "fail_on": report.asked or None,
        "comparisons": [
            {
                **as_numbers(section.numbers),
                "cautions": [_plain(asdict(caution)) for caution in section.cautions],
                "outcomes": [row.outcome for row in section.rows],
                "moved": [each.prompt for each in section.moved],
                "blocks": {block.anchor: block.data for block in section.blocks if block.data is not None},
            }
            for section in report.sections
        ],
    }


def as_numbers(comparison: Comparison) -> dict[str, Any]:
    """Return everything a comparison holds but its curves."""
    names = [field.name for field in fields(comparison) if field.name not in _CURVES]
    return {name: _plain(_tree(getattr(comparison, name))) for name in names}


def _tree(value: object) -> object:
    return (
        [asdict(each) if hasattr(each, "__dataclass_fields__") else each for each in value]
        if isinstance(value, tuple)
        else value
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any tree of plain things
    """Return a tree in which every word of a list of choices is its value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
