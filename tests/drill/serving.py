"""The embedded endpoint in a process of its own, with a journal on disk: `python -m drill.serving`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from drill.recorder import Recorder
from evalkit.loopback.faults import FAULTS, Faults
from evalkit.loopback.habits import HABITS
from evalkit.loopback.server import Server


def main() -> None:
    """Serve until standard input closes, which it does when whoever started this ends."""
    asked = _arguments()
    habits = [name for name in asked.fault if name.partition(":")[0] in HABITS]
    wire = [name for name in asked.fault if name not in habits]
    always = [name for name in wire if name.partition(":")[0] in FAULTS]
    profile = next((name for name in wire if name not in always), None)
    calm = ["calm"] * asked.calm
    faults = Faults(profile, calm, asked.seed, always=always, marked=True)
    server = Server(asked.port, asked.key, asked.seed, asked.latency, faults, habits=habits)
    server.app.add_middleware(Recorder, path=asked.journal, echo=asked.echo)
    with server:
        print(server.url, flush=True)  # noqa: T201 - the parent reads it
        sys.stdin.read()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--calm", type=int, default=0, help="requests before anything goes wrong")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key")
    parser.add_argument("--echo", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
