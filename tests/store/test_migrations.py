"""The schema's history and the way from one version to the next."""

import sqlite3
from contextlib import closing

import pytest

from evalkit.errors import StoreVersionError
from evalkit.store import migrations
from evalkit.store.sqlite import open_store


@pytest.fixture
def old(path):
    """Return a store of version 1."""
    open_store(path).close()
    return path


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
    steps = {2: "CREATE TABLE two (x);", 3: "ALTER TABLE two RENAME TO three;"}
    with closing(sqlite3.connect(old)) as connection:
        copy = migrations.upgrade(connection, old, steps=steps, newest=3)
        assert migrations.version_of(connection) == 3
        assert connection.execute("SELECT name FROM sqlite_master WHERE name IN ('two', 'three')").fetchall() == [
            ("three",)
        ]
    assert copy == old.with_name("runs.sqlite.v1")
    assert copy.stat().st_mode & 0o777 == 0o600
    with open_store(copy, read_only=True) as store:
        assert store.runs() == ()


def test_a_step_that_fails_changes_nothing(old):
    """Either all steps are taken or none."""
    with closing(sqlite3.connect(old)) as connection, pytest.raises(sqlite3.OperationalError):
        migrations.upgrade(connection, old, steps={2: "CREATE TABLE two (x); nonsense;"}, newest=2)
    with closing(sqlite3.connect(old)) as connection:
        assert migrations.version_of(connection) == 1
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'two'").fetchall() == []


def test_a_newer_store_is_refused(old):
    """There is no way back from a version this program does not know."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA user_version = 2")
        with pytest.raises(StoreVersionError, match="schema version 2"):
            migrations.upgrade(connection, old)
