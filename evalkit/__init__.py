"""How much a model's answers vary, at which temperature, and how sure we are.

The verbs, in the order of the work: `load_suite`, `plan`, `open_store`, `run`, `measure`, `compare`, `report`.
`serve` starts the embedded endpoint, `quick_chat` asks one question.
"""

from evalkit.api import compare, load_suite, measure, open_store, plan, report, run, run_async, serve
from evalkit.chat import quick_chat
from evalkit.errors import EvalkitError
from evalkit.nouns import (
    Caution,
    Cell,
    Comparison,
    Contrast,
    Curve,
    Decoding,
    Endpoint,
    Estimate,
    Failure,
    Interval,
    Measurement,
    Metric,
    Plan,
    Prompt,
    Run,
    Sample,
    Suite,
    Verdict,
)

__version__ = "0.1.0"

__all__ = [
    "Caution",
    "Cell",
    "Comparison",
    "Contrast",
    "Curve",
    "Decoding",
    "Endpoint",
    "Estimate",
    "EvalkitError",
    "Failure",
    "Interval",
    "Measurement",
    "Metric",
    "Plan",
    "Prompt",
    "Run",
    "Sample",
    "Suite",
    "Verdict",
    "__version__",
    "compare",
    "load_suite",
    "measure",
    "open_store",
    "plan",
    "quick_chat",
    "report",
    "run",
    "run_async",
    "serve",
]
