"""docs/store.md says what the schema says."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evalkit.store.describe import page, tables, update
from evalkit.store.migrations import HISTORY
from evalkit.store.opening import schema

PAGE = Path(__file__).parents[2] / "docs" / "store.md"


def test_the_page_is_written_from_the_schema():
    """The committed page equals the generated one."""
    text = PAGE.read_text(encoding="utf-8")
    remedy = "run: python -c \"from evalkit.store.describe import update; update('docs/store.md')\""
    assert page(text) == text, remedy


def test_update_writes_the_page(tmp_path):
    """What stood between the two lines is replaced, the rest stays."""
    copy = tmp_path / "store.md"
    copy.write_text("before\n<!-- tables: begin -->old<!-- tables: end -->\nafter\n")
    update(copy)
    assert copy.read_text() == f"before\n<!-- tables: begin -->\n\n{tables()}\n\n<!-- tables: end -->\nafter\n"


def test_every_column_is_described():
    """No table, view or column of a real store lacks its line."""
    described = re.findall(r"^### `(\w+)`|^\| `(\w+)` \|", tables(), flags=re.MULTILINE)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema())
        found = []
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"):
            found.append((table, ""))
            found += [
                ("", column) for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
            ]
    assert described == found


def test_every_version_is_on_the_page():
    """The page's history is the program's."""
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| {version} | {what} |" in text for version, what in HISTORY.items())


@pytest.mark.parametrize(
    "query",
    re.findall(r"--.*?;", "".join(re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)), re.DOTALL),
)
def test_the_examples_run(store, path, suite_of, origin, draws_of, delivery_of, query):
    """Every query on the page finds something in a store with answers and a failure."""
    suite = suite_of()
    store.begin("candidate", suite, origin)
    store.record("candidate", delivery_of(draws_of(suite)[0]))
    store.record("candidate", delivery_of(draws_of(suite)[1], None))
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes  # a reply may hold anything
        assert connection.execute(query).fetchall()
