"""Derived things kept by content."""

from __future__ import annotations

import pytest

from evalkit.errors import StoreError
from evalkit.nouns.ports import Cache
from evalkit.store.sqlite import open_store


def test_what_was_kept_is_recalled(tmp_path):
    """Values come back by name and key, many at once, and the first to be kept stays."""
    values = {f"{number:064x}": bytes([number % 256]) for number in range(1203)}
    with open_store(tmp_path / "a.sqlite") as store:
        assert isinstance(store, Cache)
        assert store.keep("one \ud800", values)
        assert store.keep("one \ud800", {f"{1:064x}": b"other"})

        assert store.recall("one \ud800", [*values, "none"]) == values
        assert store.recall("another", values) == {}


def test_a_store_open_for_reading_keeps_nothing(tmp_path):
    """It says so, and what it holds can still be recalled."""
    with open_store(tmp_path / "a.sqlite") as store:
        store.keep("one", {"k": b"v"})
    with open_store(tmp_path / "a.sqlite", read_only=True) as store:
        assert not store.keep("one", {"l": b"w"})
        assert store.recall("one", ["k", "l"]) == {"k": b"v"}


def test_a_closed_store_has_no_cache(tmp_path):
    """What is closed can neither be asked nor written to."""
    store = open_store(tmp_path / "a.sqlite")
    store.close()

    with pytest.raises(StoreError, match="was closed"):
        store.recall("one", ["k"])
    with pytest.raises(StoreError, match="was closed"):
        store.keep("one", {"k": b"v"})
