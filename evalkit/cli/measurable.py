"""A run to be measured from the command line: the store opened as its tools need it, and the embedder of this once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit import api
from evalkit.cli import names
from evalkit.cli.say import say
from evalkit.equipping import costs, equipped
from evalkit.errors import StoreError
from evalkit.nouns import Suite
from evalkit.nouns.ports import Tools

if TYPE_CHECKING:
    from evalkit.store.sqlite import SqliteStore


@contextmanager
def measurable(run: str, embedding: str | None = None) -> Iterator[tuple[SqliteStore, str, Tools]]:
    """Give a run's store, its label and the tools to measure it with.

    The store is open for reading, so that any number may read at once, unless the tools make what is worth keeping.

    Args:
        run: ``STORE`` or ``STORE@LABEL``.
        embedding: ``SOURCE`` or ``SOURCE:MODEL``; what the suite says when None.

    Raises:
        StoreError: There is no such store or run.
        UsageError: The store holds several runs and none is named, or the embedder lacks a model.
        UnknownNameError: There is no embedder of that name.
    """
    path, label = names.run_of(run)
    with api.open_store(path, read_only=True) as store:
        chosen = names.label_in(store, label, run)
        suite = _with(store.run(chosen).suite, embedding)
        if not costs(suite):
            yield store, chosen, equipped(suite)
            return
    try:
        store = api.open_store(path)
    except StoreError as error:
        say(f"vectors and verdicts are used but not kept: {error.message}")
        store = api.open_store(path, read_only=True)
    with store:
        yield store, chosen, equipped(suite, store)


def _with(suite: Suite, embedding: str | None) -> Suite:
    return suite if embedding is None else replace(suite, embedding=names.embedding_of(embedding))
