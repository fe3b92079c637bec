"""`evalkit plan`: what would be sent; sends nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import names, say


def plan(
    suite: Annotated[Path, typer.Argument(help="The suite, a YAML or JSON file.")],
    store: Annotated[Path, typer.Option(help="The store that may hold some of it.")] = Path(names.DEFAULT_STORE),
    label: Annotated[str | None, typer.Option(help="Name of the run; the suite's name unless told.")] = None,
    samples: Annotated[int | None, typer.Option("--samples", "-n", min=1, help="Samples per cell.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the grid, the number of requests and the range of tokens, and send nothing."""
    from evalkit import api
    from evalkit.planning import preview
    from evalkit.refusing import settled

    asked, notice = api.resolve(api.load_suite(suite))
    asked = replace(asked, samples=samples or asked.samples)
    if notice:
        say.say(notice)
    filled: set[tuple[str, int]] = set()
    if store.exists():
        with api.open_store(store, read_only=True) as opened:
            wanted = label or asked.name
            filled = settled(opened, wanted) if wanted in {run.label for run in opened.runs()} else set()
    seen = preview(asked, filled)
    if as_json:
        say.put(json.dumps(asdict(seen), indent=2))
        return
    say.put(str(seen))
