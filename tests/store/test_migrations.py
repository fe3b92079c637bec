"""The schema's history and the way from one version to the next."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from evalkit.errors import StoreVersionError
from evalkit.nouns import Occasion
from evalkit.store import migrations
from evalkit.store.sqlite import open_store
from evalkit.store.transfer import export_jsonl
from evalkit.store.verify import verify

NOW = migrations.VERSION


@pytest.fixture
def old(path):
    """Return a store of the version of today, to be brought to later ones."""
    open_store(path).close()
    return path


@pytest.fixture
def first(path):
    """Return a store as version 1 made it."""
    open_store(path).close()
    _make_first(path)
    return path


def _make_first(path):
    """Bring a store back to version 1."""
    with closing(sqlite3.connect(path)) as connection:
        for table in migrations.SINCE:
            connection.execute(f"DROP TABLE {table}")
        for column in ("tool_calls", "is_null"):
            connection.execute(f"ALTER TABLE sample DROP COLUMN {column}")
        connection.execute("PRAGMA user_version = 1")


def shape(path):
    """Return name and words of everything in a schema, without comments."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, " ".join(re.sub("--.*", "", sql).split())) for name, sql in rows]


def test_the_steps_lead_to_the_schema_of_new_stores(first, tmp_path):
    """A store that was brought up from version 1 is made like one that is made today."""
    made = tmp_path / "made.sqlite"
    open_store(made).close()
    assert shape(first) != shape(made)
    open_store(first).close()
    assert shape(first) == shape(made)


def test_a_store_of_version_1_is_read_as_it_lies(first, suite_of, origin, draws_of, delivery_of):
    """Reading needs no migration: an old run has no probings, nothing is wrong with its store, nothing is changed."""
    suite = suite_of(samples=1)
    with open_store(first) as store:
        store.begin("r", suite, origin)
        store.record("r", delivery_of(draws_of(suite)[0], "kept"))
    first.with_name("runs.sqlite.v1").unlink()
    _make_first(first)
    before = first.read_bytes()
    with open_store(first, read_only=True) as store:
        assert store.run("r").probings == ()
        assert store.heard("r", Occasion.PREFLIGHT) == {}
        (sample,) = [each for cell in store.outcomes("r") for each in cell.samples]
        (line,) = export_jsonl(store, "r")
    assert (sample.text, sample.is_null, sample.tool_calls) == ("kept", False, None)
    assert json.loads(line)["text"] == "kept"
    assert verify(first).whole
    assert first.read_bytes() == before
    assert not first.with_name("runs.sqlite.v1").exists()


def test_a_run_of_version_1_goes_on_after_a_copy(first, suite_of, origin, draws_of, delivery_of):
    """Writing brings an old store up to date; what it held is there, and the copy holds the same."""
    suite = suite_of(samples=1)
    with open_store(first) as store:
        store.begin("r", suite, origin)
        store.record("r", delivery_of(draws_of(suite)[0], "kept"))
    _make_first(first)
    copy = first.with_name("runs.sqlite.v1")
    copy.unlink()
    with open_store(first) as store:
        store.record("r", delivery_of(draws_of(suite)[1], "", is_null=True))
        found = {each.text: each.is_null for cell in store.outcomes("r") for each in cell.samples}
    assert found == {"kept": False, "": True}
    with open_store(copy, read_only=True) as store:
        assert [each.text for cell in store.outcomes("r") for each in cell.samples] == ["kept"]


def test_a_newer_store_is_neither_read_nor_changed(old):
    """No command touches a store of a version it does not know, and each names both versions."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"PRAGMA user_version = {NOW + 1}")
    before = old.read_bytes()
    for read_only in (True, False):
        with pytest.raises(StoreVersionError, match=rf"schema version {NOW + 1}.*reads up to {NOW}"):
            open_store(old, read_only=read_only)
    with open_store(old, read_only=True, newer=True) as store:
        assert (store.version, store.runs()) == (NOW + 1, ())
    assert old.read_bytes() == before


def test_every_version_has_its_line_and_its_step():
    """Versions are numbered from 1 without gaps, and each but the first has a step that leads to it."""
    assert list(migrations.HISTORY) == list(range(1, migrations.VERSION + 1))
    assert sorted(migrations.STEPS) == list(range(2, migrations.VERSION + 1))


def test_a_store_of_today_stays(old):
    """Nothing is done, and no copy made, when the version is the newest."""
    with closing(sqlite3.connect(old)) as connection:
        assert migrations.upgrade(connection, old) is None
    assert sorted(found.name for found in old.parent.iterdir()) == ["runs.sqlite", "runs.sqlite.lock"]


def test_steps_are_taken_in_order_after_a_copy(old):
    """An older store is copied, privately, then brought up one version after another."""
    steps = {NOW + 1: "CREATE TABLE two (x);", NOW + 2: "ALTER TABLE two RENAME TO three;"}
    with closing(sqlite3.connect(old)) as connection:
        copy = migrations.upgrade(connection, old, steps=steps, newest=NOW + 2)
        assert migrations.version_of(connection) == NOW + 2
        assert connection.execute("SELECT name FROM sqlite_master WHERE name IN ('two', 'three')").fetchall() == [
            ("three",)
        ]
    assert copy == old.with_name(f"runs.sqlite.v{NOW}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with open_store(copy, read_only=True) as store:
        assert store.runs() == ()


def test_a_step_that_fails_changes_nothing(old):
    """Either all steps are taken or none."""
    with closing(sqlite3.connect(old)) as connection, pytest.raises(sqlite3.OperationalError):
        migrations.upgrade(connection, old, steps={NOW + 1: "CREATE TABLE two (x); nonsense;"}, newest=NOW + 1)
    with closing(sqlite3.connect(old)) as connection:
        assert migrations.version_of(connection) == NOW
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'two'").fetchall() == []


def test_a_newer_store_is_refused(old):
    """There is no way back from a version this program does not know."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"PRAGMA user_version = {NOW + 1}")
        with pytest.raises(StoreVersionError, match=f"schema version {NOW + 1}"):
            migrations.upgrade(connection, old)
