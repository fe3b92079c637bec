"""Options about stopping early: how narrow an interval shall be, and what is to be decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, TypeAlias

import typer

from evalkit.errors import UsageError
from evalkit.nouns import MOST_SAMPLES, Goal, Precision, Suite

Within: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        metavar="[METRIC=]HALF",
        help="Draw until the interval is so narrow: half its width, of the first metric that can have it or of METRIC. "
        f"Then --samples is the most, {MOST_SAMPLES} unless told. Repeat for more metrics.",
    ),
]
"""Option of commands that buy."""
Decide: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--decide",
        metavar="METRIC=VALUE",
        help="Draw until it is known on which side of the value the metric lies, at each temperature. Repeatable.",
    ),
]
"""Option of commands that buy."""


def precise(suite: Suite, within: list[str] | None, decide: list[str] | None, samples: int | None) -> Suite:
    """Return a suite that stops by what the options say, or by what its file says where they say nothing.

    Args:
        suite: What is asked.
        within: Each half a width, alone or after a metric's name and an equals sign.
        decide: Each a metric's name, an equals sign and a value.
        samples: The most of each cell, as told on the command line; None where nothing was said.

    Raises:
        UsageError: An option is no such thing.
    """
    if not within and not decide:
        return suite
    narrow = dict(_pair("--precision", each) for each in within or ())
    sides = dict(_pair("--decide", each) for each in decide or ())
    for value in narrow.values():
        if not value > 0.0:
            raise UsageError(f"--precision {value:g} is no width", hint="such as 0.05, or exact_agreement=0.05")
    if "" in sides:
        raise UsageError("--decide names no metric", hint="such as --decide validity=0.9")
    goals = tuple(
        Goal(metric=name, within=narrow.get(name), against=sides.get(name)) for name in dict.fromkeys([*narrow, *sides])
    )
    most = samples or (suite.samples if suite.precision else MOST_SAMPLES)
    first = suite.precision or Precision(goals=goals)
    return replace(suite, precision=replace(first, goals=goals), samples=most)


def _pair(option: str, text: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise UsageError(f"{option} {text!r} holds no number", hint="such as exact_agreement=0.05") from None
