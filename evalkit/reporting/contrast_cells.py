"""The numbers of a comparison as rows with typed columns: what CSV and a pipe are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from evalkit.nouns import Contrast, Discrepancy, Estimand, Verdict

Cell: TypeAlias = str | float | int | None

COLUMNS = (
    *("metric", "quantity", "temperature", "baseline_value", "candidate_value", "difference", "low", "high", "p_value"),
    *("p_adjusted", "margin", "verdict", "n_needed", "needed_of", "n_prompts", "estimand"),
)
"""Names of the columns in their order."""


def contrast_cells(each: Contrast) -> Iterator[Cell]:
    """Yield the cells of a contrast; None for what does not exist."""
    ends = (None, None) if each.interval is None else (each.interval.low, each.interval.high)
    yield from (each.metric, each.quantity.value, each.temperature, each.baseline, each.candidate, each.difference)
    yield from (*ends, each.p_value, each.p_adjusted, each.margin)
    yield from (None if each.difference is None else each.verdict.value, each.n_needed, each.needed_of)
    yield from (each.n_prompts, each.estimand.value)


def likeness_cells(each: Discrepancy) -> Iterator[Cell]:
    """Yield the cells of a discrepancy; its noise floor stands under ``high``."""
    yield from (each.kernel, "discrepancy", each.temperature, None, None, each.value)
    yield from (None, each.floor, each.p_value, each.p_adjusted, None)
    yield from ("different" if each.differs else Verdict.INCONCLUSIVE.value, None, "")
    yield from (each.n_prompts, Estimand.THESE_PROMPTS.value)
