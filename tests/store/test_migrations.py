"""The schema's history and the way from one version to the next."""

import re
import sqlite3
from contextlib import closing

import pytest

from evalkit.errors import StoreVersionError
from evalkit.nouns import Occasion
from evalkit.store import migrations
from evalkit.store.sqlite import open_store
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
    with closing(sqlite3.connect(path)) as connection:
        for table in migrations.SINCE:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    return path


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


def test_a_store_of_version_1_is_read_as_it_lies(first, suite_of, origin):
    """Reading needs no migration: an old run simply has no probings, and nothing is wrong with its store."""
    with open_store(first) as store:
        store.begin("r", suite_of(), origin)
    with closing(sqlite3.connect(first)) as connection:
        for table in migrations.SINCE:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    with open_store(first, read_only=True) as store:
        assert store.run("r").probings == ()
        assert store.heard("r", Occasion.PREFLIGHT) == {}
    assert verify(first).whole


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
