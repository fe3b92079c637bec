"""Which runs and draws the names in batch files stand for, and what a run still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evalkit import planning
from evalkit.backends.batch_lines import TAG
from evalkit.errors import UsageError
from evalkit.nouns import Draw, Mode, Run, Suite, content_key
from evalkit.nouns.ports import Store
from evalkit.planning import Preview
from evalkit.refusing import settled


def tag_of(run: Run) -> str:
    """Return the digits that name a run in a file: no other run has them, whatever suite it is of."""
    return content_key([run.label, run.created_at])[:TAG]


def batchable(suite: Suite) -> Suite:
    """Return a suite without its loads of their own: a host answers a file in an order of its own.

    Raises:
        UsageError: It asks for streams, or is answered by another backend than an endpoint.
    """
    if suite.endpoint.backend != "openai":
        raise UsageError(
            f"a batch needs an endpoint, and the suite is answered by the backend {suite.endpoint.backend!r}",
            hint="leave out endpoint.backend",
        )
    if suite.mode is Mode.STREAM:
        raise UsageError("a batch can not be streamed", hint="mode: separate, or mode: choices")
    return replace(suite, load=())


def open_draws(store: Store, suite: Suite, label: str) -> Iterator[Draw]:
    """Yield the draws that a batch may fill, in sending order."""
    return planning.pending(planning.plan(batchable(suite)), settled(store, label))


def lacking(store: Store, run: Run) -> Preview:
    """Return how many draws of which cells a run lacks."""
    return planning.preview(run.suite, settled(store, run.label))
