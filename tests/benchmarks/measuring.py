"""What measuring costs: the usual metrics with their intervals, each case in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.apart import BrokenOffError, asked
from benchmarks.clients import cost_of
from benchmarks.line import Line, seconds
from benchmarks.texts import record

_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is measured, and what it may take."""

    what: str
    prompts: int
    temperatures: int
    samples: int
    limit_s: float
    """CPU seconds."""
    limit_mb: float | None = None
    """Resident megabytes over those before; None for no limit."""
    different: float = 1.0
    times: float = 1.0
    """How often the case is in the target: a tenth of the prompts is measured, and ten times the figure compared."""


CASES = {
    "twenty": Case(what="20 samples of one prompt", prompts=1, temperatures=1, samples=20, limit_s=0.01),
    "prompts": Case(
        what="1,000 prompts x 6 temperatures x 20 samples, from 100 of them",
        prompts=100,
        temperatures=6,
        samples=20,
        limit_s=60.0,
        times=10.0,
    ),
    "different": Case(
        what="10,000 different samples of one prompt",
        prompts=1,
        temperatures=1,
        samples=10_000,
        limit_s=5.0,
        limit_mb=500.0,
    ),
    "copies": Case(
        what="10,000 samples of one prompt, 95 % copies",
        prompts=1,
        temperatures=1,
        samples=10_000,
        limit_s=0.25,
        different=0.05,
    ),
}


def lines() -> Iterator[Line]:
    """Yield the table's lines, as they are measured."""
    for name, case in CASES.items():
        try:
            found = [asked("measuring", name) for _ in range(_ROUNDS if case.samples < 1_000 else 1)]
        except BrokenOffError as error:
            yield Line(what=case.what, target=_target(case), ours="", others="", got=str(error), reached=False)
            continue
        cpu = case.times * statistics.median(each["cpu"] for each in found)
        over = max(each["resident"] - each["before"] for each in found)
        yield Line(
            what=case.what,
            target=_target(case),
            ours=f"{seconds(cpu)}, {over:.0f} MB more",
            others="",
            got=f"{cpu / case.limit_s:.2f} x the target",
            reached=cpu <= case.limit_s and (case.limit_mb is None or over <= case.limit_mb),
        )


def _target(case: Case) -> str:
    limit = "" if case.limit_mb is None else f", {case.limit_mb:g} MB more than before"
    return f"{seconds(case.limit_s)} of CPU{limit}"


def measure(case: Case) -> dict[str, float]:
    """Return what it costs to measure a case that is in a store, and what to read it cost; the first use is free."""
    from evalkit import api

    with tempfile.TemporaryDirectory() as made:
        path = Path(made)
        with api.open_store(path / "runs.sqlite") as store:
            warm, real = path / "warm.jsonl", path / "real.jsonl"
            record(warm, prompts=2, temperatures=1, samples=5)
            api.import_recorded(store, warm, label="warm")
            api.measure(store, "warm")  # what is loaded once is no cost of a sample
            record(
                real,
                prompts=case.prompts,
                temperatures=case.temperatures,
                samples=case.samples,
                different=case.different,
            )
            read = cost_of(lambda: api.import_recorded(store, real, label="real"))
            before = resident_mb()
            return {**cost_of(lambda: api.measure(store, "real")), "before": before, "import": read["cpu"]}


def resident_mb() -> float:
    """Return the megabytes that are resident now; the most that ever were, where the system does not tell."""
    told = Path("/proc/self/statm")
    if not told.exists():
        return cost_of(lambda: None)["resident"]
    return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    print(json.dumps(measure(CASES[sys.argv[1]])))  # noqa: T201 - the parent reads it
