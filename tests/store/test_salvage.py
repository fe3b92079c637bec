"""What is left of a damaged store is saved, nothing is written over, and what is missing is told."""

import sqlite3
from contextlib import closing

import pytest

from evalkit.errors import StoreBusyError, StoreError
from evalkit.store.salvage import salvage
from evalkit.store.sqlite import open_store
from evalkit.store.verify import verify


@pytest.fixture
def full(path, suite_of, origin, draws_of, delivery_of):
    """Return the path of a closed store with 399 long answers and a failure."""
    suite = suite_of(samples=200)
    with open_store(path) as store:
        store.begin("r", suite, origin)
        futures = [store.submit("r", delivery_of(draw, f"{draw.replicate} " * 800)) for draw in draws_of(suite)[1:]]
        futures.append(store.submit("r", delivery_of(draws_of(suite)[0], None)))
        for future in futures:
            future.result()
    return path


def texts(path, label="r"):
    """Return the texts of a store by slot."""
    with open_store(path, read_only=True) as store:
        return {sample.draw.slot: sample.text for cell in store.outcomes(label) for sample in cell.samples}


def counts(found, what):
    """Return one number of each table."""
    return {table.table: getattr(table, what) for table in found.tables}


def test_a_whole_store_is_copied(full, tmp_path):
    """Nothing is lost of a store that is whole, and the copy is private and whole, too."""
    new = tmp_path / "new.sqlite"
    before = full.read_bytes()
    found = salvage(full, new)
    assert found.whole
    assert counts(found, "n_saved")["sample"] == 399
    assert verify(new).whole
    assert texts(new) == texts(full)
    assert new.stat().st_mode & 0o777 == 0o600
    assert full.read_bytes() == before
    assert not list(tmp_path.glob(".salvage-*"))


def test_holes_cost_the_rows_in_them(full, tmp_path, suite_of, origin):
    """Three holes are read around; what is saved is as it was, and the run goes on with what is missing."""
    whole = texts(full)
    content = bytearray(full.read_bytes())
    for share in (0.3, 0.5, 0.7):
        at = int(len(content) * share) // 4096 * 4096
        content[at : at + 4096] = b"\0" * 4096
    full.write_bytes(content)
    new = tmp_path / "new.sqlite"
    found = salvage(full, new)
    assert not found.whole
    assert 390 < counts(found, "n_saved")["sample"] <= 399
    assert 0 < sum(counts(found, "n_lost").values()) < 20
    assert texts(new).items() <= whole.items()
    assert verify(new).whole
    with open_store(new) as store:
        run = store.begin("r", suite_of(samples=200), origin)
        assert run.n_samples == counts(found, "n_saved")["sample"]
    assert full.read_bytes() == bytes(content)


def test_a_truncated_store_is_read_to_its_end(full, tmp_path):
    """Half a file holds some of the answers; verifying it says so, too."""
    content = full.read_bytes()[: full.stat().st_size * 6 // 10]
    full.write_bytes(content)
    assert not verify(full).whole
    found = salvage(full, tmp_path / "new.sqlite")
    assert 100 < counts(found, "n_saved")["sample"] < 399
    assert counts(found, "n_lost")["sample"]
    assert verify(tmp_path / "new.sqlite").whole
    assert full.read_bytes() == content


def test_a_store_without_its_first_page_is_read(full, tmp_path):
    """Where the description of the tables is gone, that of a new store leads to the rows."""
    whole = texts(full)
    full.write_bytes(b"\0" * 4096 + full.read_bytes()[4096:])
    found = salvage(full, tmp_path / "new.sqlite")
    assert not found.whole
    assert any("description of its tables" in remark for remark in found.remarks)
    assert texts(tmp_path / "new.sqlite") == whole


def test_a_broken_log_is_told(path, tmp_path, writing):
    """SQLite passes over a log that is damaged; verify and salvage do not."""
    process = writing()
    for _ in range(30):
        process.stdout.readline()
    process.kill()
    process.wait()
    log = path.with_name(path.name + "-wal")
    for start, words in ((40, "damaged after 0 pages"), (0, "damaged at its beginning")):
        content = bytearray(log.read_bytes())
        content[start : start + 8] = b"\xff" * 8
        log.write_bytes(content)
        assert any(words in problem for problem in verify(path).problems)
    with pytest.raises(StoreError, match="damaged at its beginning"):
        open_store(path)
    with pytest.raises(StoreError, match="nothing of"):
        salvage(path, tmp_path / "new.sqlite")


def test_a_store_with_its_log_is_whole(path, tmp_path, writing):
    """What a killed writer left in the log is saved with the rest."""
    process = writing()
    said = {int(process.stdout.readline()) for _ in range(30)}
    process.kill()
    process.wait()
    assert verify(path).whole
    assert salvage(path, tmp_path / "new.sqlite").whole
    assert said <= {replicate for _, replicate in texts(tmp_path / "new.sqlite")}


def test_draws_can_be_saved_as_lines(full, tmp_path):
    """A name that ends in .jsonl gets one line for each draw that is left."""
    assert salvage(full, tmp_path / "draws.jsonl").whole
    assert len((tmp_path / "draws.jsonl").read_text().splitlines()) == 400


def test_nothing_is_written_over(full, tmp_path):
    """A file that is there stays as it is, the store itself above all."""
    other = tmp_path / "precious"
    other.write_text("precious")
    for new in (other, full):
        with pytest.raises(StoreError, match="is there already"):
            salvage(full, new)
    assert other.read_text() == "precious"


def test_what_is_no_store_gives_nothing(tmp_path):
    """Another file is refused, and nothing is left behind."""
    other = tmp_path / "other"
    other.write_bytes(b"x" * 20_000)
    with pytest.raises(StoreError):
        salvage(other, tmp_path / "new.sqlite")
    assert [found.name for found in tmp_path.iterdir()] == ["other"]


def test_a_store_in_use_is_left_alone(store, tmp_path):
    """A store that is being written is not damaged."""
    with pytest.raises(StoreBusyError):
        salvage(store.path, tmp_path / "new.sqlite")


def spoil(path, *statements):
    """Change what no program of ours would change."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "label", "remark"),
    [
        ("UPDATE suite SET description = '{'", "r", "run 'r': its suite is made anew of its cells"),
        ("DELETE FROM suite", "r", "run 'r': its suite is made anew of its cells"),
        ("UPDATE run SET provenance = '{'", "r", "run 'r': its own row can not be read"),
        ("DELETE FROM run", "salvaged-1", "run 'salvaged-1': its own row can not be read"),
    ],
)
def test_a_run_is_made_anew_of_its_cells(full, tmp_path, suite_of, origin, statement, label, remark):
    """Where a suite or the row of a run is gone, every answer is saved all the same, and the same suite goes on."""
    whole = texts(full)
    spoil(full, statement)
    found = salvage(full, tmp_path / "new.sqlite")
    assert not found.whole
    assert any(remark in each for each in found.remarks)
    assert texts(tmp_path / "new.sqlite", label) == whole
    assert verify(tmp_path / "new.sqlite").whole
    with open_store(tmp_path / "new.sqlite") as store:
        assert store.begin(label, suite_of(samples=200), origin).n_samples == 399
    assert salvage(full, tmp_path / "draws.jsonl").new.endswith("draws.jsonl")
    assert len((tmp_path / "draws.jsonl").read_text().splitlines()) == 400


def test_a_run_that_nothing_tells_of_is_told(full, tmp_path):
    """Without suite and cells nobody knows what the answers belong to: that is said."""
    spoil(full, "DELETE FROM suite", "UPDATE cell SET description = '{'")
    with pytest.raises(StoreError, match=r"nothing of .* can be read"):
        salvage(full, tmp_path / "new.sqlite")
