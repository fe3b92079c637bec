"""Parquet: the samples and the numbers of a run as typed tables."""

import csv
import json
import sys

import pytest


@pytest.fixture
def read(cli, suite_file):
    """Return a reader of Parquet files, with a run in the present folder; skips without the extra."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra evalkit[parquet] is not installed")
    assert cli("run", suite_file).code == 0
    return lambda path: parquet.read_table(path).to_pylist()


def test_samples_are_the_lines_of_the_export(cli, read):
    """Every draw is a row, with the same values as in JSON Lines; the ending decides."""
    lines = [json.loads(line) for line in cli("export", "runs.sqlite").out.splitlines()]
    assert cli("export", "runs.sqlite", "-o", "draws.parquet").code == 0

    rows = read("draws.parquet")
    assert [{name: row[name] for name in line} for row, line in zip(rows, lines, strict=True)] == lines
    assert isinstance(rows[0]["temperature"], float)


def test_numbers_are_those_of_the_csv(cli, read, folder):
    """The same rows, with numbers as numbers and None where CSV has nothing."""
    for ending in ("csv", "parquet"):
        assert cli("report", "runs.sqlite", "-o", f"numbers.{ending}").code == 0
    with (folder / "numbers.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    rows = read("numbers.parquet")

    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows] == expected
    assert {type(row["n_samples"]) for row in rows} == {int}


def test_the_same_run_gives_the_same_bytes(cli, read, folder):
    """Nothing of the time of writing is in the file."""
    for name in ("a", "b"):
        cli("export", "runs.sqlite", "--format", "parquet", "-o", name)
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    assert read("a")


@pytest.mark.parametrize("words", [("export", "runs.sqlite", "-f", "parquet"), ("export", "runs.sqlite", "-f", "xls")])
def test_what_can_not_be_exported_is_told(cli, suite_file, words):
    """A table for no file, and a form that there is not, are mistakes in the command."""
    cli("run", suite_file)
    assert cli(*words).code == 2


@pytest.mark.parametrize("command", ["export", "report"])
def test_without_the_extra_its_name_is_told(cli, suite_file, monkeypatch, command):
    """One line says what to install."""
    cli("run", suite_file)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    spoken = cli(command, "runs.sqlite", "-o", "x.parquet")

    assert spoken.code == 2
    assert "pip install 'evalkit[parquet]'" in spoken.err
