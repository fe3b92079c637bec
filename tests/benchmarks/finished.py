"""What a command takes that has nothing to buy: the run is finished, and is measured and shown."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.line import Line, seconds

_ROUNDS = 5
_MOST_S = 1.6
_SUITE = """
name: finished
endpoint: {model: storyteller-small, base_url: loopback}
prompts:
  - {id: robot, user: Tell me a two-sentence story about a robot.}
  - {id: sea, user: Tell me a two-sentence story about the sea.}
  - {id: moon, user: Tell me a two-sentence story about the moon.}
  - {id: lamp, user: Tell me a two-sentence story about a lamp.}
temperatures: [0, 0.7, 1.4]
samples: 10
"""


def lines() -> Iterator[Line]:
    """Yield a line for `evalkit run` of a finished suite with the usual metrics, and one with a page besides."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "suite.yaml").write_text(_SUITE, "utf-8")
        _run(folder)
        for what, words in (("", ()), (", with a page", ("--report", "page.html"))):
            cpu = statistics.median(_run(folder, *words) for _ in range(_ROUNDS))
            yield Line(
                what=f"`evalkit run` of a finished suite of 120 samples{what}, start included",
                target="" if words else f"{seconds(_MOST_S)} of CPU",
                ours=seconds(cpu),
                others="",
                got="",
                reached=None if words else cpu <= _MOST_S,
            )


def _run(folder: Path, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "evalkit", "run", "suite.yaml", "--store", "runs.sqlite", *words]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
