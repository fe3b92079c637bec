"""`evalkit export`: every draw of a run as JSON Lines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, say


def export(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; stdout unless told.")] = None,
) -> None:
    """Write each draw as one line of JSON: slot, status, text as it came, and where it belongs."""
    path, label = names.run_of(run)
    with api.open_store(path, read_only=True) as store:
        lines = api.export(store, names.label_in(store, label, run))
        if output is None:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return
        n_lines = 0
        with output.open("w", encoding="ascii") as file:
            for line in lines:
                file.write(f"{line}\n")
                n_lines += 1
    say.say(f"{n_lines:,} draws in {output}")
