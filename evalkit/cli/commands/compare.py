"""`evalkit compare`: runs against a baseline, and an exit code for a build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.cli.measurable import measurable
from evalkit.cli.progress import measuring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.nouns import Comparison, Estimand, MetricRequest


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
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare runs with a baseline: paired by prompt, a verdict on every difference.

    With --fail-on: exit code 1 when what it names is shown, 5 when the data leave it open, else 0.
    """
    from evalkit.cli import contrasts, failing

    asked = None if fail_on is None else failing.failing(fail_on)
    words = metric or ([asked.metric] if asked is not None and asked.metric is not None else [])
    wanted = [names.metric_of(word) for word in words] or None
    estimand = names.estimand_of(over)
    found = [_compared(run, baseline, wanted, level, margin, estimand, embedding) for run in runs]
    if as_json:
        say.put(contrasts.as_json(found))
    else:
        contrasts.show_comparisons(found)
    if asked is not None:
        code, why = asked.code(found)
        say.say(why)
        raise typer.Exit(code)


def _compared(
    run: str,
    baseline: str,
    metrics: Sequence[MetricRequest] | None,
    level: float,
    margin: float,
    estimand: Estimand,
    embedding: str | None,
) -> Comparison:
    with measurable(run, embedding) as (store, chosen, tools):
        path, label = names.run_of(baseline)
        if label is None and not path.is_file():
            path, label = names.run_of(run)[0], baseline  # a label of the run's own store
        with api.open_store(path, read_only=True) as other, measuring() as watch:
            return api.compare(
                store,
                chosen,
                baseline=names.label_in(other, label, str(path)),
                baseline_store=other,
                metrics=metrics,
                level=level,
                estimand=estimand,
                margin=margin,
                tools=tools,
                watch=watch,
            )
