"""Options about how many samples a question takes in a suite, and the answer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from evalkit.cli import names, say
from evalkit.errors import UsageError

if TYPE_CHECKING:
    from evalkit.nouns import Curve, Metric, Suite

For: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="GOAL",
        help="How many samples it takes: 'exact_agreement within 0.05', or 'accuracy above 0.9' with a run that tells"
        " where it lies.",
    ),
]
"""Option of a question."""
Detect: TypeAlias = Annotated[
    float | None, typer.Option(help="How many samples show a difference of this size between two runs of the suite.")
]
"""Option of a question."""
Of: TypeAlias = Annotated[
    str | None, typer.Option("--metric", "-m", help="Metric for --detect; the first of the suite's unless told.")
]
"""Option of a question."""
Pilot: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--from", help="A run that tells how the metric varies, STORE@LABEL; the suite's own in --store, where it is."
    ),
]
"""Option of a question."""
Zeta1: TypeAlias = Annotated[
    float | None, typer.Option(help="A guess instead: variance of a pair's mean given one of its samples.")
]
"""Option of a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked."""

    goal: str | None
    """A width or a side."""
    detect: float | None
    """A difference."""
    metric: str | None
    """Metric of the difference."""
    pilot: str | None
    """Run that tells the variance."""
    zeta1: float | None
    """A guess of it."""

    @property
    def is_asked(self) -> bool:
        """Whether there is a question; options that belong to one alone are refused.

        Raises:
            UsageError: There are two, or an option without any.
        """
        if self.goal is not None and self.detect is not None:
            raise UsageError("one question at a time", hint="--for or --detect")
        asked = self.goal is not None or self.detect is not None
        given = {"--metric": self.metric, "--from": self.pilot, "--zeta1": self.zeta1}
        alone = [name for name, value in given.items() if value is not None]
        if alone and not asked:
            raise UsageError(f"{alone[0]} has no place here", hint="it belongs to --for or --detect")
        if self.pilot is not None and self.zeta1 is not None:
            raise UsageError("--zeta1 has no place here", hint="--from tells it")
        if self.goal is not None and self.metric is not None:
            raise UsageError("--metric has no place here", hint="--for names it: --for 'exact_agreement within 0.05'")
        return asked


def answer(question: Question, suite: Suite, store: Path, label: str, *, as_json: bool) -> None:
    """Show what a question takes in a suite; the run of that label in the store tells the variance, where it is.

    Raises:
        UsageError: Its metric can not be asked, or nothing tells what it hangs on.
    """
    from evalkit import designing

    goal = None if question.goal is None else designing.goal_of(question.goal)
    metric = designing.metric_of(suite, question.metric or "" if goal is None else goal.metric)
    pilot = _pilot(question, metric, store, label)
    if goal is not None:
        found = designing.for_goal(suite, goal, metric, pilot, zeta1=question.zeta1)
    else:
        found = designing.for_difference(suite, question.detect or 0.0, metric, pilot, zeta1=question.zeta1)
    say.put(json.dumps(asdict(found), indent=2) if as_json else str(found))


def _pilot(question: Question, metric: Metric, store: Path, label: str) -> Curve | None:
    from evalkit import api

    if question.pilot is not None:
        path, wanted = names.run_of(question.pilot)
        with api.open_store(path, read_only=True) as opened:
            return next(
                iter(api.measure(opened, names.label_in(opened, wanted, question.pilot), metrics=[metric]).values())
            )
    if question.zeta1 is not None or not store.exists():
        return None
    with api.open_store(store, read_only=True) as opened:
        if not any(run.label == label and run.n_samples for run in opened.runs()):
            return None
        say.say(f"the run {label!r} of {store} tells how the metric varies")
        return next(iter(api.measure(opened, label, metrics=[metric]).values()))
