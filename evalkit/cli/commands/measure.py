"""`evalkit measure`: the curves of a stored run."""

from __future__ import annotations

from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, running, say, tables


def measure(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated.")
    ] = None,
    level: Annotated[float, typer.Option(help="Level of the intervals, between 0 and 1.")] = 0.95,
    over: Annotated[
        str, typer.Option(help="What intervals over prompts speak of: like-these (prompts like these) or these.")
    ] = "like-these",
    output_format: Annotated[str, typer.Option("--format", "-f", help="table, markdown, json or csv.")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Show how each metric changes with temperature, with an interval on every number."""
    path, label = names.run_of(run)
    with api.open_store(path, read_only=True) as store:
        chosen = names.label_in(store, label, run)
        results = running.measured_with_progress(store, chosen, metric, level, names.estimand_of(over))
        renderer = "json" if as_json else output_format
        if renderer == "table":
            tables.show_results(results)
        else:
            say.put(api.render(store, chosen, renderer, results=results))
    say.caution(tables.all_cautions(results))
