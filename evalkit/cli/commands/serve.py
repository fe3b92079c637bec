"""`evalkit serve`: the embedded endpoint in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import say
from evalkit.loopback.faults import FAULTS, PROFILES
from evalkit.loopback.habits import HABITS, listing

_FAULT = (
    "How it misbehaves, such as ignored or rescaled:0.3; may be given several times, and 'help' explains each. In "
    f"sampling: {', '.join(sorted(HABITS))}. On the wire: {', '.join(sorted(FAULTS - HABITS))}. "
    f"Mixtures: {', '.join(PROFILES)}."
)
_OWN = ("127.0.0.1", "::1", "localhost")  # other addresses are said, whatever they turn out to be


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = 0,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address; one that other machines can reach needs --key.")
    ] = "127.0.0.1",
    key: Annotated[str | None, typer.Option(help="A key that requests must carry; a made-up one, for trying.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the answers; fresh ones each time unless told.")] = None,
    latency: Annotated[float, typer.Option(min=0.0, help="Seconds each answer takes.")] = 0.0,
    fault: Annotated[list[str] | None, typer.Option(metavar="NAME[:VALUE]", help=_FAULT)] = None,
) -> None:
    """Serve the embedded endpoint on this machine only: a language whose every probability is known.

    It ends with Ctrl-C, and with the process that began it, unless that put it into the background with `&` or nohup.
    Its OpenAPI description is under /openapi.json.
    """
    if "help" in (fault or ()):
        say.put(listing())
        return
    reached = (
        f"serving on {host}, which other machines may reach" if host not in _OWN else "serving on this machine only"
    )

    def announce(url: str) -> None:
        say.put(f"export OPENAI_BASE_URL={url}")
        say.say(f"{reached}; Ctrl-C ends it")

    api.serve(port=port, host=host, key=key, seed=seed, latency_s=latency, faults=fault or (), announce=announce)
