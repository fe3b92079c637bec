"""The nouns of evalkit: frozen, slotted, keyword-only dataclasses of the standard library."""

from evalkit.nouns.canonical import JSON, canonical, content_key
from evalkit.nouns.caution import SLUGS, Caution
from evalkit.nouns.comparison import Comparison, Contrast, Verdict
from evalkit.nouns.design import MOST_CHOICES, Cell, Draw, Mode, Plan, cells, size_in_words
from evalkit.nouns.estimate import Counts, Curve, Estimand, Estimate, Interval, LadderRow, Optimum, Point, Trend
from evalkit.nouns.measurement import Form, Measurement, Metric, Panel, Undefined
from evalkit.nouns.outcome import CellOutcomes, Delivery, Failure, FinishReason, Outcome, Sample, Usage
from evalkit.nouns.reply import Attempt, Completion, Reply, Request
from evalkit.nouns.run import Provenance, Run
from evalkit.nouns.suite import (
    EMBEDDING_SOURCES,
    GRIDS,
    HEADLINE,
    LITERATURE,
    USUAL_METRICS,
    Decoding,
    Endpoint,
    Message,
    MetricRequest,
    Prompt,
    Suite,
    ToolRequest,
    usual_samples,
)

__all__ = [
    "EMBEDDING_SOURCES",
    "GRIDS",
    "HEADLINE",
    "JSON",
    "LITERATURE",
    "MOST_CHOICES",
    "SLUGS",
    "USUAL_METRICS",
    "Attempt",
    "Caution",
    "Cell",
    "CellOutcomes",
    "Comparison",
    "Completion",
    "Contrast",
    "Counts",
    "Curve",
    "Decoding",
    "Delivery",
    "Draw",
    "Endpoint",
    "Estimand",
    "Estimate",
    "Failure",
    "FinishReason",
    "Form",
    "Interval",
    "LadderRow",
    "Measurement",
    "Message",
    "Metric",
    "MetricRequest",
    "Mode",
    "Optimum",
    "Outcome",
    "Panel",
    "Plan",
    "Point",
    "Prompt",
    "Provenance",
    "Reply",
    "Request",
    "Run",
    "Sample",
    "Suite",
    "ToolRequest",
    "Trend",
    "Undefined",
    "Usage",
    "Verdict",
    "canonical",
    "cells",
    "content_key",
    "size_in_words",
    "usual_samples",
]
