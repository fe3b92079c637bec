"""What the page of a run takes to build, and how large it is; measuring is not counted."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.apart import BrokenOffError, asked
from benchmarks.clients import cost_of
from benchmarks.line import Line, seconds
from benchmarks.opening import opened
from benchmarks.texts import record

_MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A run that is shown."""

    prompts: int
    temperatures: int
    samples: int
    most_mb: float
    """Megabytes of the page."""
    most_s: float | None = None
    """CPU seconds; None for no limit."""


SHEETS = {
    "600": Sheet(prompts=10, temperatures=6, samples=10, most_mb=1.5, most_s=5.0),
    "20000": Sheet(prompts=50, temperatures=4, samples=100, most_mb=6.0),
}


def lines() -> Iterator[Line]:
    """Yield a line for each run that is shown."""
    for name, sheet in SHEETS.items():
        n = sheet.prompts * sheet.temperatures * sheet.samples
        what = f"page of {n:,} samples, {sheet.prompts} prompts x {sheet.temperatures} temperatures x {sheet.samples}"
        target = f"{sheet.most_mb:g} MB" + (f", {seconds(sheet.most_s)} of CPU" if sheet.most_s else "")
        try:
            found = asked("pages", name, limit_s=240.0)
        except BrokenOffError as error:
            yield Line(what=what, target=target, ours="", others="", got=str(error), reached=False)
            continue
        size = found["bytes"] / _MB
        yield Line(
            what=what,
            target=target,
            ours=f"{size:.2f} MB, {seconds(found['cpu'])} of CPU{_opening(found)}",
            others="",
            got="",
            reached=size <= sheet.most_mb and (sheet.most_s is None or found["cpu"] <= sheet.most_s),
        )


def _opening(found: Mapping[str, float]) -> str:
    """Return how the page opened, by the clock, in words; empty where there is no browser."""
    if "there_ms" not in found:
        return ""
    return (
        f"; opened in {seconds(found['there_ms'] / 1e3)}, longest pause {found['pause_ms']:.0f} ms, "
        f"longest frame while scrolling {found['frame_ms']:.0f} ms"
    )


def _build(sheet: Sheet) -> dict[str, float]:
    from evalkit import api

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with api.open_store(folder / "runs.sqlite") as store:
            recorded, page = folder / "real.jsonl", folder / "page.html"
            record(recorded, prompts=sheet.prompts, temperatures=sheet.temperatures, samples=sheet.samples)
            api.import_recorded(store, recorded, label="real")
            results = api.measure(store, "real")
            cost = cost_of(lambda: api.report(store, "real", page, results=results))
            return {**cost, "bytes": page.stat().st_size, **opened(page)}


if __name__ == "__main__":
    print(json.dumps(_build(SHEETS[sys.argv[1]])))  # noqa: T201 - the parent reads it
