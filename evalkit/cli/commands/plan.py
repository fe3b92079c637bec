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
    without_temperature: Annotated[bool, typer.Option("--without-temperature", help="Send none.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the grid, the number of requests and the range of tokens, and send nothing."""
    from evalkit import api
    from evalkit.planning import preview
    from evalkit.preflight import cost
    from evalkit.refusing import settled
    from evalkit.refusing import without_temperature as without

    asked, notice = api.resolve(api.load_suite(suite))
    asked = replace(asked, samples=samples or asked.samples)
    asked = without(asked) if without_temperature else asked
    if notice:
        say.say(notice)
    begun, filled = None, set[tuple[str, int]]()
    if store.exists():
        with api.open_store(store, read_only=True) as opened:
            wanted = label or asked.name
            if wanted in {run.label for run in opened.runs()}:
                begun, filled = opened.run(wanted), settled(opened, wanted)
    seen = preview(asked, filled)
    before, after = cost(asked, seen.n_missing, run=begun)
    if as_json:
        say.put(json.dumps(asdict(seen) | {"n_preflight": before, "n_canary": after}, indent=2))
        return
    say.put(str(seen))
    if before:
        say.put(f"\nand about itself: {before} short requests before the run, {after} after it (--no-preflight: none)")
    elif after:
        say.put(f"\nand about itself: {after} short requests after the run")
