"""`evalkit export`: every draw of a run as JSON Lines or Parquet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.errors import UsageError
from evalkit.text.unobeyed import unobeyed


def export(
    run: Annotated[str, typer.Argument(help="The run: STORE, STORE@LABEL, or a label in runs.sqlite.")] = (
        names.DEFAULT_STORE
    ),
    label: Annotated[str | None, typer.Option(help="The run's label, where STORE holds several.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; stdout unless told.")] = None,
    output_format: Annotated[
        str | None, typer.Option("--format", "-f", help="jsonl or parquet; the ending decides unless told.")
    ] = None,
) -> None:
    """Write each draw as one line of JSON, or row of Parquet: slot, status, text as it came, and where it belongs."""
    form = output_format or ("parquet" if output is not None and output.suffix == ".parquet" else "jsonl")
    if form not in {"jsonl", "parquet"}:
        raise UsageError(f"draws can not be exported as {form!r}", hint="--format jsonl, or --format parquet")
    if form == "parquet" and output is None:
        raise UsageError("Parquet is no text for a terminal", hint="name a file: -o draws.parquet")
    from evalkit.store.migrations import VERSION
    from evalkit.store.sqlite import open_store

    path, named = names.run_of(run)
    with open_store(path, read_only=True, newer=True) as store:
        if store.version > VERSION:
            say.say(
                f"{path} is of a newer evalkit (schema {store.version}, this one knows {VERSION}): what it understands"
            )
        chosen = names.label_in(store, label or named, run)
        told = store.run(chosen)
        lines = api.export(store, chosen)
        if output is None:
            sys.stdout.writelines(f"{unobeyed(line)}\n" for line in lines)
            sys.stdout.flush()
        elif form == "parquet":
            from evalkit.parquet import samples_table
            from evalkit.reporting.write import write_report

            say.say(f"draws in {write_report(samples_table(lines), output)}")
        else:
            from evalkit.reporting.write import write_lines

            n_lines = write_lines(lines, output)
            say.say(f"{n_lines:,} draws in {output}")
    n_open = told.n_draws - told.n_samples - told.n_failures - told.n_unsupported
    if n_open:
        say.say(f"{n_open:,} of {told.n_draws:,} draws have no line: nothing has come of them yet")
