"""`make bench`: what sampling and measuring cost, against targets and others; writes docs/performance.md."""

from __future__ import annotations

import argparse
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import measuring, sampling
from benchmarks.line import Line

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- bench: from here -->", "<!-- bench: to here -->"
PARTS = {"sampling": sampling.lines, "measuring": measuring.lines}
_LIBRARIES = ("openai", "aiohttp", "numpy", "scipy", "scikit-learn", "rapidfuzz")


def write(lines: list[Line]) -> None:
    """Write the table between the marks of the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    told = f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {versions}."
    head = ["| what | target | evalkit | otherwise | got | |", "| --- | --- | ---: | ---: | ---: | --- |"]
    rows = [
        f"| {each.what} | {each.target} | {each.ours} | {each.others} | {each.got} | "
        f"{'reached' if each.reached else 'not reached'} |"
        for each in lines
    ]
    PAGE.write_text("\n".join([f"{before}{BEGIN}", told, "", *head, *rows, f"{END}{after}"]), "utf-8")


def main() -> int:
    """Run the parts that are asked for and show each line as it comes; all, and the page is written, unless told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}")
    asked = parser.parse_args().parts
    lines: list[Line] = []
    for part in asked or PARTS:
        for line in PARTS[part]():
            lines.append(line)
            verdict = "reached" if line.reached else "NOT REACHED"
            sys.stdout.write(f"{verdict}: {line.what}: {line.ours} ({line.others}) {line.got}; target {line.target}\n")
            sys.stdout.flush()
            if not asked:  # as it goes: what was found is worth keeping when a later line takes too long
                write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
