"""A store is whole, or what is wrong is said and the rest is counted."""

import sqlite3
from contextlib import closing

import pytest

from evalkit.errors import StoreError
from evalkit.store import migrations
from evalkit.store.sqlite import open_store
from evalkit.store.verify import verify


@pytest.fixture
def full(path, suite_of, origin, draws_of, delivery_of):
    """Return the path of a closed store with 400 long answers and a failure."""
    suite = suite_of(samples=200)
    with open_store(path) as store:
        store.begin("r", suite, origin)
        futures = [store.submit("r", delivery_of(draw, "x" * 3000)) for draw in draws_of(suite)[1:]]
        futures.append(store.submit("r", delivery_of(draws_of(suite)[0], None)))
        for future in futures:
            future.result()
    return path


def test_a_whole_store_is_counted(full):
    """Every row is read, nothing is wrong, the file stays as it is."""
    before = full.read_bytes()
    found = verify(full)
    assert found.whole
    assert found.version == migrations.VERSION
    assert dict(found.readable) == {
        "run": 1,
        "suite": 1,
        "cell": 2,
        "request": 400,
        "attempt": 400,
        "reply": 399,
        "sample": 399,
        "failure": 1,
        "probing": 0,
        "heard": 0,
    }
    assert full.read_bytes() == before


def test_damaged_pages_are_told_and_the_rest_is_counted(full):
    """A hole in the middle of the file costs the rows in it, not the others."""
    content = bytearray(full.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    full.write_bytes(content)
    found = verify(full)
    assert not found.whole
    assert any(problem.startswith("file: ") for problem in found.problems)
    assert 200 < dict(found.readable)["sample"] <= 399
    assert full.read_bytes() == bytes(content)


def test_rows_that_make_no_sense_are_told(full):
    """What SQLite finds sound and we can not understand is named by table and row."""
    with closing(sqlite3.connect(full)) as connection:
        connection.executescript(
            """DROP TRIGGER sample_stays; DROP TRIGGER suite_stays; DROP TRIGGER failure_stays;
            UPDATE sample SET text = x'ff' WHERE replicate = 5;
            UPDATE suite SET description = '{}';
            UPDATE failure SET cell_id = 99;"""
        )
    found = verify(full)
    assert dict(found.readable)["sample"] == 397
    assert sum(problem.startswith("sample: row") for problem in found.problems) == 2
    assert "suite: row 1 can not be understood: 'name'" in found.problems
    assert any(problem.startswith("failure: row 1 belongs to a cell") for problem in found.problems)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE suite SET description = '{}'",
        "UPDATE suite SET description = '{'",
        "UPDATE run SET provenance = '[]'",
        "DELETE FROM suite",
        "UPDATE sample SET text = x'ff'",
        "UPDATE sample SET finish_reason = 'odd'",
    ],
)
def test_what_makes_no_sense_is_an_error_of_the_store(full, statement):
    """Reading such a run is refused in words, never with a traceback."""
    with closing(sqlite3.connect(full)) as connection:
        for table in ("run", "suite", "sample"):
            connection.executescript(f"DROP TRIGGER {table}_stays; DROP TRIGGER {table}_kept;")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
        connection.commit()
    with open_store(full, read_only=True) as store, pytest.raises(StoreError, match="can not be understood") as caught:
        list(store.outcomes("r"))
    assert "evalkit salvage" in caught.value.hint


def test_cells_and_probings_are_read_too(full):
    """A description that no longer gives its key, a request without a list and a finding without a name are told."""
    with closing(sqlite3.connect(full)) as connection:
        connection.executescript(
            """DROP TRIGGER cell_stays; DROP TRIGGER request_stays;
            UPDATE cell SET description = replace(description, 'lighthouse', 'lightship') WHERE id = 1;
            UPDATE request SET replicates = '{}' WHERE id = 7;
            INSERT INTO probing VALUES (1, 1, 'preflight', '2026', 0, '{"temperatures": [], "findings": [{}]}');
            INSERT INTO probing VALUES (2, 1, 'never', '2026', 0, '{"temperatures": [], "findings": []}');"""
        )
    problems = verify(full).problems
    assert [problem.split(":")[0] for problem in problems] == ["cell", "request", "probing", "probing"]
    assert "its key is not that of its description" in problems[0]


def test_a_store_that_is_being_written_can_be_verified(store, path, suite_of, origin):
    """Verifying needs no lock."""
    store.begin("r", suite_of(), origin)
    assert verify(path).whole


def test_no_store_no_verification(path):
    """A wrong path or another file is an error."""
    with pytest.raises(StoreError, match="there is no store at"):
        verify(path)
    path.write_bytes(b"hello")
    with pytest.raises(StoreError, match="not a store"):
        verify(path)
