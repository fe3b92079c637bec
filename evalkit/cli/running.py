"""A run from the command line: progress, and an end that loses nothing when a signal comes."""

from __future__ import annotations

import shlex
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from evalkit import api
from evalkit.cli.names import metric_of
from evalkit.cli.progress import measuring, progress
from evalkit.cli.say import say
from evalkit.nouns import Budget, Estimand, Run, Suite
from evalkit.nouns.ports import Store, Tools

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from evalkit.results import Results
    from evalkit.sampling.tally import Tally

Preflight: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--preflight/--no-preflight",
        help="Ask the endpoint about itself first; unless told, where that is a tenth of the run at most.",
    ),
]
"""Option of commands that begin a run."""
Executed: TypeAlias = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="local|ray",
        help="Where the work is done: this process, or a Ray cluster, that of RAY_ADDRESS or one of this machine's "
        "cores. ray needs evalkit[ray].",
    ),
]
"""Option of commands that send or measure much."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
INCOMPLETE = 3
"""Exit code of a run with draws that failed."""


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A signal ended a run; what was answered is kept."""

    def __init__(self, signum: int, kept: str) -> None:
        """Keep the signal and say how to go on."""
        again = shlex.join(["evalkit", *sys.argv[1:]])
        super().__init__(f"stopped; {kept}. Go on with: {again}")
        self.exit_code = 128 + signum


@dataclass(slots=True)
class _Listener:
    """The first signal asks a run to stop, the second one ends it at once."""

    stop: asyncio.Event
    heard: int | None = None

    def listen(self, run: asyncio.Task[Run]) -> None:
        loop = run.get_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._hear, number, run)

    def _hear(self, number: int, run: asyncio.Task[Run]) -> None:
        if self.heard is not None:
            run.cancel()
            return
        self.heard = number
        self.stop.set()
        say("stopping: what is in flight is finished and kept; once more to leave at once")


def run_with_progress(
    suite: Suite,
    store: Store,
    label: str | None,
    *,
    preflight: bool | None = None,
    budget: Budget | None = None,
    executor: str = "local",
) -> Run:
    """Return the run of a suite after sending what is missing, with a bar on stderr.

    Raises:
        BudgetError: The budget is used up; everything that was answered is in the store.
        Stopped: A signal came; everything that was answered is in the store.
    """
    from evalkit import looping

    with progress() as watch:
        what = (suite, store, label, watch)
        return looping.run(_run(*what, preflight=preflight, budget=budget, executor=executor))


async def _run(
    suite: Suite,
    store: Store,
    label: str | None,
    watch: Callable[[Tally], None],
    *,
    preflight: bool | None,
    budget: Budget | None,
    executor: str,
) -> Run:
    import asyncio

    listener = _Listener(stop=asyncio.Event())
    run = asyncio.ensure_future(
        api.run_async(
            *(suite, store),
            label=label,
            preflight=preflight,
            watch=watch,
            notify=say,
            stop=listener.stop,
            budget=budget,
            executor=executor,
        )
    )
    listener.listen(run)
    try:
        done = await run
    except asyncio.CancelledError:
        if listener.heard is None:
            raise
        raise Stopped(listener.heard, "what was answered is kept, what was in flight is not") from None
    if listener.heard is not None:
        raise Stopped(listener.heard, f"{done.n_samples:,} of {done.n_draws:,} draws are kept")
    return done


def measured_with_progress(
    store: Store,
    label: str,
    metrics: Sequence[str] | None = None,
    level: float = 0.95,
    estimand: Estimand = Estimand.PROMPTS_LIKE_THESE,
    tools: Tools | None = None,
    executor: str = "local",
) -> Results:
    """Return the curves of a run, with a bar on stderr while they are computed."""
    wanted = [metric_of(metric) for metric in metrics or ()]
    with measuring() as watch:
        return api.measure(
            *(store, label),
            metrics=wanted or None,
            level=level,
            estimand=estimand,
            tools=tools,
            watch=watch,
            executor=executor,
        )


def exit_code_of(run: Run) -> int:
    """Return 0 for a run that holds all it can, else 3, saying what is missing."""
    if run.complete:
        return 0
    say(
        f"incomplete: {run.n_samples:,} of {run.n_draws - run.n_unsupported:,} draws are filled, "
        f"{run.n_failures:,} failed; run the same command again to try them again"
    )
    return INCOMPLETE
