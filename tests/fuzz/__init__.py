"""Schemathesis against the embedded server and what that says of itself: `python -m fuzz`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from evalkit.loopback.server import Server

COMMAND = Path(sys.executable).with_name("st")
"""What runs it, beside the Python that runs this."""


def installed() -> bool:
    """Return whether schemathesis is there."""
    return shutil.which(COMMAND) is not None


def fuzz(examples: int, folder: Path, key: str | None = None, *further: str) -> subprocess.CompletedProcess[str]:
    """Return how schemathesis ended: 0 when it found nothing; a server of our own is asked.

    Args:
        examples: Random requests for each address, proper and improper ones; those at the edges come in addition.
        folder: Where it runs.
        key: What the server wants.
        further: Arguments of one's own.
    """
    with Server(seed=1, key=key) as server:
        address = f"{server.url.removesuffix('/v1')}/openapi.json"
        known = ("--header", f"Authorization: Bearer {key}") if key else ()
        # A warning says that names of files and batches were not guessed: nobody is meant to.
        how = ("--no-color", "--warnings", "off", "--checks", "all", "--max-examples", str(examples), *known, *further)
        return subprocess.run(
            [COMMAND, "run", address, *how], cwd=folder, capture_output=True, text=True, timeout=1800, check=False
        )
