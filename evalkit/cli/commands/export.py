"""`evalkit export`: every draw of a run as JSON Lines or Parquet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.errors import UsageError


def export(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
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
    path, label = names.run_of(run)
    with api.open_store(path, read_only=True) as store:
        lines = api.export(store, names.label_in(store, label, run))
        if output is None:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return
        if form == "parquet":
            from evalkit.parquet import samples_table
            from evalkit.reporting.write import write_report

            say.say(f"draws in {write_report(samples_table(lines), output)}")
            return
        n_lines = 0
        with output.open("w", encoding="ascii") as file:
            for line in lines:
                file.write(f"{line}\n")
                n_lines += 1
    say.say(f"{n_lines:,} draws in {output}")
