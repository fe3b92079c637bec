"""`evalkit report`: the page about a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, running, say
from evalkit.cli.measurable import measurable
from evalkit.text.filenames import file_name_of

_SUFFIXES = {"html": "html", "markdown": "md", "json": "json", "csv": "csv", "parquet": "parquet", "junit": "xml"}


def report(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; reports/LABEL.html unless told.")
    ] = None,
    renderer: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", help="html, markdown, json, csv, junit or parquet; the ending decides unless told."
        ),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated.")
    ] = None,
    level: Annotated[float, typer.Option(help="Level of the intervals, between 0 and 1.")] = 0.95,
    embedding: Annotated[
        str | None, typer.Option(help="What makes vectors, as SOURCE or SOURCE:MODEL; the suite says unless told.")
    ] = None,
    executor: running.Executed = "local",
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", "-b", help="A page about the difference to this run: a label, or STORE@LABEL."),
    ] = None,
) -> None:
    """Write one self-contained page about a run: the curves, the samples, what to beware of.

    With --baseline, the page about how it differs from another run, as evalkit compare --output writes it.
    """
    if baseline is not None:
        say.put(str(_comparison(run, baseline, output, renderer, metric, level, embedding)))
        return
    with measurable(run, embedding) as (store, chosen, tools):
        results = running.measured_with_progress(store, chosen, metric, level, tools=tools, executor=executor)
        target = output or Path("reports") / f"{file_name_of(chosen)}.{_SUFFIXES.get(renderer or 'html', renderer)}"
        say.put(str(api.report(store, chosen, target, results=results, renderer=renderer)))


def _comparison(
    run: str,
    baseline: str,
    output: Path | None,
    renderer: str | None,
    metric: list[str] | None,
    level: float,
    embedding: str | None,
) -> Path:
    from evalkit.cli import pages
    from evalkit.cli.against import Against

    name = pages.checked(renderer, output)
    metrics = [names.metric_of(word) for word in metric or ()] or None
    against = Against(
        baseline=baseline, metrics=metrics, level=level, embedding=embedding, answers=pages.shows_answers(name)
    )
    found = against.compared(run)
    labels = found.comparison.candidate, found.comparison.baseline
    file = "-against-".join(map(file_name_of, labels))
    return pages.write_as([found], output or Path("reports") / f"{file}.{_SUFFIXES.get(name, name)}", name)
