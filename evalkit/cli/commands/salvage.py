"""`evalkit salvage`: what can be read of a damaged store, into a new one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import say

_INCOMPLETE = 4


def salvage(
    store: Annotated[Path, typer.Argument(help="The damaged store; it is only read.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new store, or JSON Lines (.jsonl).")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Write what can be read of a damaged store into a new one, and say what is missing; the same suite resumes it."""
    from evalkit.store.salvage import salvage as save

    found = save(store, output)
    if as_json:
        say.put(json.dumps({**asdict(found), "whole": found.whole}, indent=2))
    else:
        for table in found.tables:
            lost = f"; at least {table.n_lost:,} lost" if table.n_lost else ""
            say.put(f"{table.table}: {table.n_saved:,} saved{lost}")
    for remark in found.remarks:
        say.say(remark)
    say.say(f"{'everything' if found.whole else 'what is left'} is in {found.new}; {found.path} is as it was")
    return 0 if found.whole else _INCOMPLETE
