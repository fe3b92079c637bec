"""`evalkit schema`: the JSON Schema of suite files, for editors."""

from __future__ import annotations

import json

from evalkit.cli import say


def schema() -> None:
    """Print the JSON Schema of suite files."""
    from evalkit.suite.load import suite_schema

    say.put(json.dumps(suite_schema(), indent=2))
