import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evalkit.reporting.renderers.csv import csv
from evalkit.reporting.renderers.markdown import markdown
from evalkit.reporting.view import Report

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize(("name", "render"), [("report.md", markdown), ("report.csv", csv)])
def test_rendered_as_reviewed(report: Report, name: str, render: Callable[[Report], str]) -> None:
    """Tables look as they did when a person last read them; GOLDEN=write rewrites them for review."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(render(report).encode())
    assert render(report).encode() == path.read_bytes()
