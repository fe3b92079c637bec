"""`evalkit measure`: the curves of a stored run."""

from __future__ import annotations

from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, running, say, tables
from evalkit.cli.measurable import measurable


def measure(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated.")
    ] = None,
    level: Annotated[float, typer.Option(help="Level of the intervals, between 0 and 1.")] = 0.95,
    over: Annotated[
        str, typer.Option(help="What intervals over prompts speak of: like-these (prompts like these) or these.")
    ] = "like-these",
    embedding: Annotated[
        str | None, typer.Option(help="What makes vectors, as SOURCE or SOURCE:MODEL; the suite says unless told.")
    ] = None,
    executor: running.Executed = "local",
    output_format: Annotated[str, typer.Option("--format", "-f", help="table, markdown, json or csv.")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Show how each metric changes with temperature, with an interval on every number."""
    with measurable(run, embedding) as (store, chosen, tools):
        results = running.measured_with_progress(store, chosen, metric, level, names.estimand_of(over), tools, executor)
        renderer = "json" if as_json else output_format
        if renderer == "table":
            tables.show_results(results)
        else:
            say.put(api.render(store, chosen, renderer, results=results))
    say.caution(tables.all_cautions(results))
