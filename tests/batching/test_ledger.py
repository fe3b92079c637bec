"""The list of batches on disk."""

import json

import pytest

from evalkit.batching.ledger import NAME, Entry, Ledger
from evalkit.errors import StoreError

ENTRY = Entry(run="small", tag="0a1b2c3d", file="a.jsonl", n_requests=3, endpoint="http://127.0.0.1:9/v1")


def test_each_change_is_on_disk(tmp_path):
    """Another process reads what this one wrote, step by step; only what was begun is out."""
    ledger = Ledger(tmp_path / "new")
    entry = ledger.add(ENTRY)
    assert (Ledger(tmp_path / "new").of(ENTRY.tag), ledger.out(ENTRY.tag)) == ((ENTRY,), ())
    entry = ledger.change(entry, begun_at="2026-11-26")
    assert Ledger(tmp_path / "new").out(ENTRY.tag) == (entry,)
    assert (tmp_path / "new" / NAME).stat().st_mode & 0o777 == 0o600
    ledger.change(entry, batch_id="b", read=True)
    assert Ledger(tmp_path / "new").out(ENTRY.tag) == ()
    assert Ledger(tmp_path / "new").of("other") == ()


def test_a_file_that_was_never_sent_has_one_entry(tmp_path):
    """It is replaced; what was sent stays beside it."""
    ledger = Ledger(tmp_path)
    ledger.add(ENTRY)
    entry = ledger.change(ledger.add(ENTRY), begun_at="now", read=True)
    assert ledger.of(ENTRY.tag) == (entry,)
    ledger.add(ENTRY)
    assert Ledger(tmp_path).of(ENTRY.tag) == (entry, ENTRY)


@pytest.mark.parametrize(
    "told",
    [
        *("no", "[]", "{}", '{"version": 1}', '{"version": 1, "batches": 7}', '{"version": "x", "batches": []}'),
        *('{"version": 1, "batches": [{"run": 7}]}', '{"version": 1, "batches": [{"who": "x"}]}', "[" * 100_000),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path, told):
    """Nothing is sent by who does not know what is out."""
    (tmp_path / NAME).write_text(told)
    with pytest.raises(StoreError, match="can not be read"):
        Ledger(tmp_path)


def test_a_newer_list_is_refused(tmp_path):
    """Of a version that is not known yet."""
    (tmp_path / NAME).write_text(json.dumps({"version": 2, "batches": []}))
    with pytest.raises(StoreError, match="newer"):
        Ledger(tmp_path)
