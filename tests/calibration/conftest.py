"""A table of what was found, printed at the end: run with ``-s`` to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

Row = Callable[..., None]


@pytest.fixture(scope="module")
def row(request: pytest.FixtureRequest) -> Iterator[Row]:
    """Return a function that adds a row to the module's table: what was asked, and what came out."""
    rows: list[tuple[str, str]] = []

    def add(what: str, found: str) -> None:
        rows.append((what, found))

    yield add
    width = max((len(what) for what, _ in rows), default=0)
    lines = [f"| {what:<{width}} | {found} |" for what, found in rows]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", f"### {request.module.__doc__.splitlines()[0]}", "", *lines, sep="\n")  # noqa: T201 - the table is the product
