"""Vectors and verdicts that metrics ask endpoints for: kept in the session's store, never bought without leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pytest

from evalkit import environment
from evalkit.nouns import Suite, ToolRequest
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.testing.bench import Bench


class SharedCache:
    """The session's store as a cache: any process reads, one at a time writes for a moment."""

    def __init__(self, bench: Bench, suite: Suite) -> None:
        """Keep whose answers are measured: what may be bought hangs on who makes vectors or judges."""
        self._bench = bench
        self._paid = any(map(_costs, (suite.embedding, suite.judge), (suite, suite)))

    def recall(self, name: str, keys: Collection[str]) -> Mapping[str, bytes]:
        """Return what is known; what is not is asked for next, so a test is skipped here where that may cost money."""
        store = self._bench.reading()
        found = {} if store is None else store.recall(name, keys)
        missing = len(set(keys)) - len(found)
        if missing and self._paid and not self._bench.settings["run"]:
            told = visible(name, keep="")
            pytest.skip(f"{missing:,} results of {told} are not recorded; buy with: pytest --evalkit-run")
        return found

    def keep(self, name: str, values: Mapping[str, bytes]) -> bool:
        """Write values; waits while another process writes."""
        with self._bench.writing() as store:
            return store.keep(name, values)


def _costs(tool: ToolRequest | None, suite: Suite) -> bool:
    """Return whether a tool asks an endpoint that is not the embedded one."""
    if tool is None or tool.source not in {"endpoint", "chat"}:
        return False
    return environment.address_of(tool.base_url or suite.endpoint.base_url).url != environment.LOOPBACK
