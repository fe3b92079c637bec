"""What a run holds, whatever its size, and what it takes to start."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.apart import asked, endpoint
from benchmarks.line import Line, seconds

FEW, MANY = 2_000, 50_000
_IN_FLIGHT = 64
_MOST_MB, _FLAT = 120.0, 1.1
_ROUNDS, _START_S = 5, 0.5


def lines() -> Iterator[Line]:
    """Yield the memory of a small run and of a large one, then the start."""
    found: dict[int, float] = {}
    for n in (FEW, MANY):
        with endpoint() as url:
            found[n] = asked("clients", "evalkit", url, n, _IN_FLIGHT, 1, limit_s=240.0)["resident"]
    yield Line(
        what=f"resident memory of a run of {MANY:,} samples, {_IN_FLIGHT} in flight, against one of {FEW:,}",
        target=f"{_MOST_MB:g} MB, flat",
        ours=f"{found[MANY]:.0f} MB",
        others=f"{found[FEW]:.0f} MB",
        got=f"{found[MANY] / found[FEW]:.2f} x",
        reached=found[MANY] <= _MOST_MB and found[MANY] <= _FLAT * found[FEW],
    )
    starts = [_start() for _ in range(_ROUNDS)]
    cpu, wall = (statistics.median(each[k] for each in starts) for k in (0, 1))
    yield Line(
        what="`evalkit --help`",
        target=f"{seconds(_START_S)} of CPU",
        ours=f"{seconds(cpu)}, {seconds(wall)} by the clock",
        others="",
        got="",
        reached=cpu <= _START_S,
    )


def _start() -> tuple[float, float]:
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-m", "evalkit", "--help"], capture_output=True, check=True, env=dict(os.environ))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - wall
