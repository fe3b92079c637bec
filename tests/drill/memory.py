"""`make memory`: how much memory runs take, by size and by answers that are hard to hold; writes docs/memory.md."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from drill.bench import STORE, Bench, bench

PAGE = Path(__file__).parents[2] / "docs" / "memory.md"
BEGIN, END = "<!-- memory: from here -->", "<!-- memory: to here -->"
SIZES = (2_000, 20_000, 100_000)
HARD = (("huge:5242880", 1, 4), ("huge:5242880", 8, 16), ("bomb:209715200", 1, 2), ("bomb:209715200", 8, 8))
"""Faults, how many requests are in flight, and how many draws there are."""
_RUN = """
import evalkit
with evalkit.open_store("runs.sqlite") as store:
    evalkit.run(evalkit.load_suite("s.json"), store, preflight=False)
"""  # without measuring
_MIB = 1024


def by_size(sizes: Sequence[int]) -> Iterator[str]:
    """Yield a row for each size: peaks of the run alone, of the command once more, which measures, and of an export."""
    yield "| samples | run alone | `evalkit run`, which measures | `evalkit export` |"
    yield "| ---: | ---: | ---: | ---: |"
    for size in sizes:
        with bench() as place, _serve(place) as url:
            temperatures = [round(0.1 * k, 1) for k in range(1, 11)]
            place.suite(url, temperatures=temperatures, samples=size // 100, concurrency=16)
            peaks = [_peak(place, "-c", _RUN), _peak(place, *_command("run", "s.json", "--no-preflight"))]
            peaks.append(_peak(place, *_command("export", STORE)))
            yield f"| {size:,} | {' | '.join(f'{peak} MB' for peak in peaks)} |"


def by_fault(faults: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    """Yield a row for each kind of answer that is hard to hold."""
    yield "| answers | in flight | draws | run alone | `evalkit run` again |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for fault, in_flight, samples in faults:
        with bench() as place, _serve(place, "--fault", fault) as url:
            prompts = [{"id": "p", "user": "What is good about it?"}]
            place.suite(url, prompts=prompts, temperatures=[1.0], samples=samples, concurrency=in_flight)
            peaks = [_peak(place, "-c", _RUN), _peak(place, *_command("run", "s.json", "--no-preflight"), codes=(0, 3))]
            yield f"| `{fault}` | {in_flight} | {samples} | {peaks[0]} MB | {peaks[1]} MB |"


def _command(*words: str) -> tuple[str, ...]:
    return ("-m", "evalkit", *words)


@contextmanager
def _serve(place: Bench, *words: str) -> Iterator[str]:
    """Yield the address of the embedded endpoint in a process of its own, without a journal, which would be slow."""
    command = [sys.executable, "-m", "evalkit", "serve", "--seed", "1", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=place.folder)
    with process:
        try:
            yield process.stdout.readline().strip().partition("=")[2]
        finally:
            process.kill()


def _peak(place: Bench, *words: str, codes: Sequence[int] = (0,)) -> int:
    """Return the largest resident set of a program of Python that ends well, in MB."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, *words], cwd=place.folder, **quiet)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return round(used.ru_maxrss / _MIB)


def main() -> None:
    """Measure, show each row as it comes, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=SIZES, help="samples; the page is written for the usual"
    )
    asked = parser.parse_args()
    told = f"`make memory`, {datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {sys.platform}."
    lines = [told, ""]
    for rows in (by_size(asked.sizes), by_fault(HARD)):
        for row in rows:
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
            lines.append(row)
        lines.append("")
    if tuple(asked.sizes) == SIZES:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text("\n".join([f"{before}{BEGIN}", *lines[:-1], f"{END}{after}"]), "utf-8")


if __name__ == "__main__":
    main()
