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


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = 0,
    key: Annotated[str | None, typer.Option(help="A key that requests must carry; a made-up one, for trying.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the answers; fresh ones each time unless told.")] = None,
    latency: Annotated[float, typer.Option(min=0.0, help="Seconds each answer takes.")] = 0.0,
    fault: Annotated[list[str] | None, typer.Option(metavar="NAME[:VALUE]", help=_FAULT)] = None,
) -> None:
    """Serve the embedded endpoint on 127.0.0.1: a language whose every probability is known."""
    if "help" in (fault or ()):
        say.put(listing())
        return
    api.serve(port=port, key=key, seed=seed, latency_s=latency, faults=fault or (), announce=_announce)


def _announce(url: str) -> None:
    say.put(f"export OPENAI_BASE_URL={url}")
    say.say("serving on this machine only; Ctrl-C ends it")
