"""`evalkit plot`: one picture of a run, or of a run against a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit import api, registry
from evalkit.cli import names, say
from evalkit.cli.measurable import measurable
from evalkit.cli.progress import measuring

if TYPE_CHECKING:
    from evalkit.nouns import Comparison
    from evalkit.results import Results

_OF_ONE_METRIC = frozenset({"Curve", "Divergence", "Courses", "Spreads"})
"""Nouns for which one metric need be measured."""


def plot(
    name: Annotated[str, typer.Argument(help="The plot, as `evalkit list plots` names it.")],
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .png, .svg or .pdf file; NAME.svg unless told.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help="The metric, that of the headline unless told; the first is drawn."),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", "-b", help="For plots of comparisons: a label, or STORE@LABEL.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="On a dark ground.")] = False,
    level: Annotated[float, typer.Option(help="Level of the intervals, between 0 and 1.")] = 0.95,
    embedding: Annotated[
        str | None, typer.Option(help="What makes vectors, as SOURCE or SOURCE:MODEL; the suite says unless told.")
    ] = None,
) -> None:
    """Draw one plot of a run as a file: PNG, SVG or PDF by its ending, the same bytes for the same run."""
    from evalkit import drawing
    from evalkit.reporting.write import write_report

    target = output or Path(f"{name}.svg")
    form = target.suffix.removeprefix(".").lower()
    drawing.check_form(form)
    accepts = registry.find("plots", name).accepts
    asked = [names.metric_of(each) for each in metric or ()]
    found: Results | Comparison
    if baseline is not None:
        from evalkit.cli.against import Against

        against = Against(baseline=baseline, metrics=asked or None, level=level, embedding=embedding)
        found = against.compared(run).comparison
    else:
        with measurable(run, embedding) as (store, chosen, tools):
            if not asked and accepts in _OF_ONE_METRIC:
                asked = [drawing.main_request(store.run(chosen).suite)]
            with measuring() as watch:
                found = api.measure(store, chosen, metrics=asked or None, level=level, tools=tools, watch=watch)
    title = drawing.title_of(asked[0]) if asked else None
    picture = drawing.picture_of(found, name, form, metric=title, dark=dark)
    say.put(str(write_report(picture, target)))
