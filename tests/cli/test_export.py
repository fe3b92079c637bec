"""What `evalkit export` takes, gives and leaves alone."""

import json
import sqlite3
from contextlib import closing

import pytest

from evalkit.store import migrations

ROWS = [
    {"model": "m", "prompt_id": "q", "temperature": 0.5, "replicate": 0, "text": None},
    {"model": "m", "prompt_id": "q", "temperature": 0.5, "replicate": 1, "text": ""},
    {"model": "m", "prompt_id": "q", "temperature": 0.5, "replicate": 2, "status": "unsupported"},
    {"model": "m", "prompt_id": "q", "temperature": 0.5, "replicate": 4, "text": "four"},
]


@pytest.fixture
def lines(cli, folder):
    """Return the lines of a run that was imported; one of its five draws is open."""
    (folder / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    assert cli("import", "rows.jsonl", "--label", "first").code == 0
    return cli("export", "runs.sqlite").out


def test_a_run_may_be_named_in_every_way(cli, lines):
    """A store, a store with a label, a label in the usual store, or nothing, where there is no choice."""
    assert [json.loads(line)["text"] for line in lines.splitlines()] == [None, "", None, "four"]
    for words in ((), ("runs.sqlite@first",), ("first",), ("@first",), ("runs.sqlite", "--label", "first")):
        assert cli("export", *words).out == lines, words


def test_where_there_are_several_one_must_be_named(cli, lines):
    """The line says which there are and how to name one."""
    assert cli("import", "rows.jsonl", "--label", "second").code == 0
    spoken = cli("export")
    assert spoken.code == 2
    assert "runs.sqlite@second" in spoken.err
    assert "first, second" in spoken.err
    assert cli("export", "first").out == lines
    assert "no run 'third'" in cli("export", "runs.sqlite@third").err


def test_a_draw_without_a_line_is_told(cli, lines):
    """Nothing is made up for a draw that is open; how many there are stands on stderr."""
    assert len(lines.splitlines()) == 4
    assert "1 of 5 draws have no line" in cli("export").err
    statuses = [json.loads(line)["status"] for line in lines.splitlines()]
    assert statuses == ["ok", "ok", "unsupported", "ok"]
    assert cli("show", "--json").out.count('"unsupported": 1') == 1


def test_a_file_holds_what_stdout_does(cli, lines, folder):
    """Byte for byte."""
    assert cli("export", "-o", "out.jsonl").code == 0
    assert (folder / "out.jsonl").read_text() == lines


def _set_version(number):
    with closing(sqlite3.connect("runs.sqlite")) as connection:
        connection.execute(f"PRAGMA user_version = {number}")


def test_a_store_of_a_newer_program_is_exported_only(cli, lines, folder):
    """Export writes what this program understands and says so; all else refuses, and nothing changes the file."""
    _set_version(migrations.VERSION + 4)
    before = (folder / "runs.sqlite").read_bytes()
    spoken = cli("export")
    assert (spoken.code, spoken.out) == (0, lines)
    assert f"schema {migrations.VERSION + 4}" in spoken.err
    for words in (
        ("measure", "runs.sqlite"),
        ("show",),
        ("report", "runs.sqlite"),
        ("import", "rows.jsonl", "--label", "x"),
    ):
        refused = cli(*words)
        assert refused.code == 4, words
        assert "evalkit export" in refused.err
    assert (folder / "runs.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "words", [("export",), ("show",), ("measure", "runs.sqlite"), ("report", "runs.sqlite"), ("verify",)]
)
def test_reading_never_migrates(cli, lines, folder, words):
    """Commands that only read leave an older store as it lies, beside no copy."""
    assert lines
    with closing(sqlite3.connect("runs.sqlite")) as connection:
        for column in ("tool_calls", "is_null"):
            connection.execute(f"ALTER TABLE sample DROP COLUMN {column}")
    _set_version(migrations.NULLS - 1)
    before = (folder / "runs.sqlite").read_bytes()
    assert cli(*words, *(["runs.sqlite"] if words == ("verify",) else [])).code == 0
    assert (folder / "runs.sqlite").read_bytes() == before
    assert not list(folder.glob("runs.sqlite.v*"))
