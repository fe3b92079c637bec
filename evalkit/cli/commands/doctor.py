"""`evalkit doctor`: is everything here that a run needs?"""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from typing import Annotated

import typer

from evalkit.cli import say
from evalkit.text.visible import visible

_MOST_MODELS = 5


def doctor(
    look: Annotated[
        bool, typer.Option("--detect/--no-detect", help="Whether to look for servers on ports of this machine.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Tell versions, environment and servers on this machine, and whether a run would find what it needs.

    Sends nothing beyond this machine, and nothing at all under CI or where EVALKIT_NO_DETECT is set. Exit code 2 when
    something is wrong.
    """
    from evalkit.examining import examine

    found = examine(look=look)
    if as_json:
        say.put(json.dumps(asdict(found), indent=2))
        return 0 if all(check.fine for check in found.checks) else 2
    for check in found.checks:
        say.put(f"{'ok ' if check.fine else 'NO '} {check.name:<9} {visible(check.told, keep='')}")
    if found.servers is None:
        say.put("--  servers   nobody looked")
    elif not found.servers:
        say.put("--  servers   none answers on the usual ports of this machine")
    for server in found.servers or ():
        models = ", ".join(visible(name, limit=60, keep="") for name in server.models[:_MOST_MODELS])
        more = f" and {len(server.models) - _MOST_MODELS} more" if len(server.models) > _MOST_MODELS else ""
        told = f"models: {models}{more}" if models else f"lists no models (status {server.status})"
        say.put(f"ok  port {server.port:<5} {server.base_url} ({server.custom}'s by custom), {told}")
    say.put(f"\n{visible(found.verdict, keep='')}")
    if found.export:
        say.put(" ".join(shlex.quote(word) if i > 0 else word for i, word in enumerate(found.export.split(" "))))
    return 0 if all(check.fine for check in found.checks) else 2
