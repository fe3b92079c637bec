"""`evalkit verify`: is this store whole?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import say

_BROKEN = 4


def verify(
    store: Annotated[Path, typer.Argument(help="The store.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Read a whole store and say what is readable and what is not; changes nothing."""
    found = api.verify(store)
    if as_json:
        say.put(
            json.dumps({**asdict(found), "readable": dict(found.readable), "whole": found.whole}, indent=2, default=str)
        )
    else:
        counts = ", ".join(f"{number:,} {what}" for what, number in dict(found.readable).items())
        say.put(f"{found.path}: {'whole' if found.whole else 'damaged'}; readable: {counts}")
        for problem in found.problems:
            say.say(problem)
    return 0 if found.whole else _BROKEN
