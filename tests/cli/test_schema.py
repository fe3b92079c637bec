"""The schemas of what is written as JSON, held against what is written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

REPORTS = Path(__file__).parents[2] / "reports"
Cli = Callable[..., object]


def _wrong(schema: object, written: str) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(json.loads(written))
    ]


def _schema(cli: Cli, of: str) -> object:
    return json.loads(cli("schema", "--of", of).out)


@pytest.mark.parametrize("of", ["report", "comparison"])
def test_the_published_schemas_are_those_that_are_printed(cli: Cli, of: str) -> None:
    """The files beside the reports are what the command prints; `make schema` writes them anew."""
    assert _schema(cli, of) == json.loads((REPORTS / f"{of}.schema.json").read_text())


def test_a_report_keeps_its_schema(cli: Cli, suite_file: Path, folder: Path) -> None:
    """A report as JSON is what its schema says, and a name more is not."""
    cli("run", suite_file, "--store", "runs.sqlite")
    cli("report", "runs.sqlite", "-o", "page.json")
    written = (folder / "page.json").read_text()
    schema = _schema(cli, "report")
    assert _wrong(schema, written) == []
    assert _wrong(schema, json.dumps({**json.loads(written), "extra": 1}))


def test_a_comparison_keeps_its_schema(cli: Cli, suite_file: Path, folder: Path) -> None:
    """Comparisons as JSON, in a file and on the standard output, are what their schema says."""
    for label in ("main", "again"):
        cli("run", suite_file, "--store", "runs.sqlite", "--label", label)
    said = cli("compare", "runs.sqlite@again", "--baseline", "main", "--json", "-o", "page.json")
    schema = _schema(cli, "comparison")
    assert _wrong(schema, said.out) == _wrong(schema, (folder / "page.json").read_text()) == []
    assert _wrong(schema, "{}")
