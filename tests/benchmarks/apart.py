"""A piece of work in a process of its own: what it cost comes back as JSON, or why it did not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class BrokenOffError(Exception):
    """A piece of work took too long, or failed; the text says which."""


def asked(
    module: str, *words: object, python: Path | str = sys.executable, limit_s: float = 120.0, **variables: str
) -> dict[str, Any]:
    """Return what a module of the benchmarks prints as its last line, which is JSON.

    Small matrices are multiplied by one thread, here as there: several would cost more of what is counted.

    Args:
        module: Under `benchmarks`.
        *words: Its arguments.
        python: Whose interpreter.
        limit_s: Seconds by the clock after which it is broken off.
        **variables: Of the environment, besides those that are there.

    Raises:
        BrokenOffError: It took longer, or failed.
    """
    environment = {**os.environ, **dict.fromkeys(_THREADS, "1"), "PYTHONPATH": str(TESTS), **variables}
    command = [str(python), "-m", f"benchmarks.{module}", *map(str, words)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise BrokenOffError(f"broken off after {limit_s:g} s by the clock") from None
    said = done.stdout.strip().splitlines()
    if done.returncode or not said:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise BrokenOffError(f"failed with code {done.returncode}: {last[:200]}")
    found: dict[str, Any] = json.loads(said[-1])
    return found


@contextmanager
def endpoint(latency_s: float = 0.0) -> Iterator[str]:
    """Yield the address of an endpoint that costs next to nothing, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.stub", f"--latency={latency_s}"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()
