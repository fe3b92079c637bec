"""Prompts from a Parquet lake, and draws to one, by Ray Data: optional, for those who keep their tables there."""

from __future__ import annotations

from evalkit import api
from evalkit.errors import SuiteError
from evalkit.nouns import Message, Prompt
from evalkit.parquet import samples_tables
from evalkit.sampling.ray import lake
from evalkit.store.sqlite import SqliteStore


def read_prompts(
    path: str, *, name: str = "id", user: str = "user", reference: str | None = None
) -> tuple[Prompt, ...]:
    """Return the prompts of a table, in the order of their names: a lake has none of its own.

    Args:
        path: A Parquet file or a folder of them, wherever Ray reads from.
        name: Column of their names, each unique.
        user: Column of what is asked.
        reference: Column of gold answers; None where there are none.

    Raises:
        SuiteError: Two rows have one name, or a row has no name or no text.
        MissingExtraError: Ray Data is not installed.
        ClusterError: The cluster of RAY_ADDRESS can not be used.
    """
    found: dict[str, Prompt] = {}
    for row in lake.rows_of(path, [name, user, *([] if reference is None else [reference])]):
        if row[name] is None or not row[user]:
            raise SuiteError(f"{path} has a row without {name} or {user}")
        key, gold = str(row[name]), None if reference is None else row[reference]
        if key in found:
            raise SuiteError(f"{path} has two rows of which {name} is {key!r}")
        turns = (Message(role="user", content=str(row[user])),)
        found[key] = Prompt(id=key, messages=turns, reference=None if gold is None else str(gold))
    return tuple(found[key] for key in sorted(found))


def write_samples(store: SqliteStore, label: str, path: str) -> int:
    """Return how many draws of a run were written as rows of Parquet, in files beside those that a folder holds.

    Args:
        store: Where the run is.
        label: Name of the run.
        path: The folder, wherever Ray writes to.

    Raises:
        StoreError: There is no run of that label.
        MissingExtraError: Ray Data is not installed.
        ClusterError: The cluster of RAY_ADDRESS can not be used.
    """
    return lake.written(samples_tables(api.export(store, label)), path)
