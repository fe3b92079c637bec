"""How much a model's answers vary, at which temperature, and how sure we are.

The verbs, in the order of the work: `load_suite`, `plan`, `open_store`, `run`, `measure`, `compare`, `report`.
`probe` asks an endpoint about itself, `serve` starts the embedded endpoint, `quick_chat` asks one question.

Names are found when they are first used: the pytest plugin of this package is loaded in every test session of every
project that has it installed, and costs nothing there.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.api import compare, load_suite, measure, open_store, plan, report, run, run_async, serve
    from evalkit.chat import quick_chat
    from evalkit.errors import EvalkitError
    from evalkit.nouns import (
        Budget,
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
        Price,
        Prompt,
        Run,
        Sample,
        Suite,
        Verdict,
    )
    from evalkit.probing import probe

__version__ = "0.1.0"

__all__ = [
    "Budget",
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
    "Price",
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
    "probe",
    "quick_chat",
    "report",
    "run",
    "run_async",
    "serve",
]

_ELSEWHERE = {"EvalkitError": "errors", "probe": "probing", "quick_chat": "chat"}
_VERBS = frozenset({"compare", "load_suite", "measure", "open_store", "plan", "report", "run", "run_async", "serve"})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the public names
    """Return a public name, from the module that holds it, or the module of the errors."""
    if name == "errors":
        return importlib.import_module("evalkit.errors")
    if name not in __all__:
        raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
    module = _ELSEWHERE.get(name, "api" if name in _VERBS else "nouns")
    found = globals()[name] = getattr(importlib.import_module(f"evalkit.{module}"), name)
    return found


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
