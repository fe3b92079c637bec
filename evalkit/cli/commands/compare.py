"""`evalkit compare`: runs against a baseline, and an exit code for a build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import names, say


def compare(
    runs: Annotated[list[str], typer.Argument(help="The runs: STORE or STORE@LABEL each.")],
    baseline: Annotated[
        str, typer.Option("--baseline", "-b", help="What they are compared with: a label, or STORE@LABEL.")
    ] = "main",
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated; the fewer the better."),
    ] = None,
    margin: Annotated[
        float, typer.Option(help="The greatest difference that does not matter; beyond [0, 1] a share of the value.")
    ] = 0.05,
    over: Annotated[
        str, typer.Option(help="What is spoken of: these prompts (these) or prompts like these (like-these).")
    ] = "these",
    level: Annotated[float, typer.Option(help="Level of the intervals, between 0 and 1.")] = 0.95,
    fail_on: Annotated[
        str | None, typer.Option(help='Exit 1 on: lower, higher, different, or a bound, such as "distinct_n<-10%".')
    ] = None,
    embedding: Annotated[
        str | None, typer.Option(help="What makes vectors, as SOURCE or SOURCE:MODEL; the suite says unless told.")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="A file: a page (.html), .md, .json, .csv or JUnit .xml; may be repeated."),
    ] = None,
    answers: Annotated[
        bool, typer.Option("--answers/--no-answers", help="Whether a page shows answers of both runs side by side.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare runs with a baseline: paired by prompt, a verdict on every difference.

    With --fail-on: exit code 1 when what it names is shown, 5 when the data leave it open, else 0.
    """
    from evalkit.cli import contrasts, failing, pages
    from evalkit.cli.against import Against

    files = output or []
    pages.check(files)
    asked = None if fail_on is None else failing.failing(fail_on)
    words = metric or ([asked.metric] if asked is not None and asked.metric is not None else [])
    against = Against(
        baseline=baseline,
        metrics=[names.metric_of(word) for word in words] or None,
        level=level,
        margin=margin,
        estimand=names.estimand_of(over),
        embedding=embedding,
        answers=answers and pages.show_answers(files),
    )
    found = [against.compared(run) for run in runs]
    comparisons = [each.comparison for each in found]
    say.put(contrasts.as_json(comparisons)) if as_json else contrasts.show_comparisons(comparisons)
    pages.write(found, files, asked)
    pages.add_to_summary(found, asked)
    if asked is not None:
        code, why = asked.code(comparisons)
        say.say(why)
        raise typer.Exit(code)
