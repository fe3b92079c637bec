"""Cells of texts, with all that a server may tell of an answer, and what the metrics make of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalkit.analysis.measure import measure_cell
from evalkit.deriving import derived
from evalkit.metrics.base import bind
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Endpoint,
    Measurement,
    Message,
    Metric,
    Prompt,
    Sample,
    Usage,
    canonical,
)
from evalkit.nouns.ports import Tools

REFERENCE = "The cat sat on the mat"


def cell_of(texts: Sequence[str], *, temperature: float | None = 1.0) -> CellOutcomes:
    """Return a cell that holds these texts, all of one prompt whatever the temperature."""
    prompt = Prompt(id="p", messages=(Message(role="user", content="Where is the cat?"),), reference=REFERENCE)
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=temperature))
    samples = tuple(
        Sample(
            draw=Draw(cell=cell, replicate=number),
            text=text,
            latency_s=0.25 + len(text) / 1000,
            usage=Usage(prompt_tokens=5, completion_tokens=len(text)),
            logprobs=canonical({"content": [_token(word) for word in text.split()[:50]]}),
        )
        for number, text in enumerate(texts)
    )
    return CellOutcomes(cell=cell, samples=samples)


def measured(metric: Metric, *cells: Sequence[str]) -> list[Measurement]:
    """Return what is measured of these texts, cells of one prompt from which features are derived at once."""
    metric = metric if metric.reads is None else bind(metric, {"meaning": "after"})
    outcomes = [cell_of(texts, temperature=1.0 + number) for number, texts in enumerate(cells)]
    found = derived(outcomes, [metric], Tools())
    return [measure_cell(metric, cell, derived=rows) for cell, (rows,) in found]


def _token(word: str) -> dict[str, object]:
    """Return what a server tells of a token: its own log-probability and those of the likeliest."""
    own, other = math.log(0.75), math.log(0.2)
    top = [{"token": word, "logprob": own, "bytes": None}, {"token": "other", "logprob": other, "bytes": None}]
    return {"token": word, "logprob": own, "bytes": None, "top_logprobs": top}
