"""`evalkit schema`: the JSON Schema of suite files, for editors; of reports and comparisons, for programs."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated

import typer

from evalkit.cli import say


class Of(Enum):
    """What a schema is of."""

    SUITE = "suite"
    """Suite files."""
    REPORT = "report"
    """What `evalkit report -o x.json` writes."""
    COMPARISON = "comparison"
    """What `evalkit compare --json` and `-o x.json` write."""


def schema(of: Annotated[Of, typer.Option(help="What it is of.")] = Of.SUITE) -> None:
    """Print the JSON Schema of suite files, of reports as JSON or of comparisons as JSON."""
    if of is Of.SUITE:
        from evalkit.suite.load import suite_schema as made
    elif of is Of.REPORT:
        from evalkit.reporting.data_schema import report_schema as made
    else:
        from evalkit.reporting.data_schema import comparison_schema as made
    say.put(json.dumps(made(), indent=2))
