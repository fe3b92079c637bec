"""One line on stderr while a run goes on; silent when piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.sampling.tally import Tally


@contextmanager
def counting(verb: str, noun: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a watcher of how many of something are done, and of how many."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TextColumn(noun), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(verb, total=None)
        yield lambda done, n: bar.update(task, completed=done, total=n)


def measuring() -> AbstractContextManager[Callable[[int, int], None]]:
    """Return a context that gives a watcher of the cells that have been measured."""
    return counting("measuring", "cells")


@contextmanager
def progress() -> Iterator[Callable[[Tally], None]]:
    """Yield a watcher of a run's counts that draws bar, rate, remaining time, retries and failures."""
    if not sys.stderr.isatty():
        yield lambda _tally: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("sampling"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[trouble]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sampling", total=None, rate="", trouble="")

        def watch(tally: Tally) -> None:
            speed = bar.tasks[0].speed
            bar.update(
                task,
                total=tally.n_wanted,
                completed=tally.n_wanted - tally.n_open,
                rate=f"{speed:.1f}/s" if speed else "",
                trouble=f"{tally.n_retries} retries, {tally.n_failures} failures"
                + (f", {tally.n_unsupported} at temperatures that are refused" if tally.n_unsupported else ""),
            )

        yield watch
