"""What `import evalkit` gives, pinned."""

from __future__ import annotations

import evalkit

NOUNS = [
    *(
        "Budget",
        "Caution",
        "Cell",
        "Comparison",
        "Contrast",
        "Curve",
        "Decoding",
        "Endpoint",
        "Estimate",
        "Failure",
        "Interval",
        "Measurement",
    ),
    *("Metric", "Plan", "Price", "Prompt", "Run", "Sample", "Suite", "Verdict"),
]
VERBS = [
    *("compare", "load_suite", "measure", "open_store", "plan", "probe", "quick_chat", "report", "run", "run_async"),
    "serve",
]
PUBLIC = sorted([*NOUNS, *VERBS, "EvalkitError", "__version__"])
"""A name that is added here is promised to users; one that is taken away breaks them."""


def test_public_names_are_pinned() -> None:
    """The package gives these names, sorted, and no other."""
    assert evalkit.__all__ == PUBLIC


def test_every_public_name_is_there_and_explained() -> None:
    """Each promised name exists and says what it is."""
    silent = [name for name in PUBLIC if name != "__version__" and not getattr(evalkit, name).__doc__]
    assert silent == []
