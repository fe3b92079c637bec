"""`make drill`: every step of the acceptance protocol writes the table of docs/reliability.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from drill import delivering, disk, ending, hostile, limiting, refusing, resuming, secrets
from drill.step import Line, Step

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- drill: from here -->", "<!-- drill: to here -->"
STEPS: dict[str, tuple[Step, int]] = {
    "P1": (delivering.delivered, 3),
    "P3": (ending.killed, 5),
    "P4": (ending.asked_to_stop, 3),
    "P5": (ending.left_at_once, 3),
    "P6": (limiting.limited, 1),
    "P7": (refusing.stopped, 1),
    "P7-first": (refusing.down_at_first, 1),
    "P7-later": (refusing.down_later, 1),
    "P8": (refusing.unsupported, 1),
    "P9": (resuming.finished, 1),
    "P10": (resuming.changed, 1),
    "P11": (disk.traced, 1),
    "P12": (disk.full, 3),
    "P13": (ending.shared, 3),
    "P14": (hostile.passed_through, 1),
    "P15": (secrets.searched, 1),
}
"""Every step and with how many seeds it is run; P2 is told by P1."""


def table(lines: Iterable[Line]) -> list[str]:
    """Return the table of the drill, in the order of the protocol."""
    ordered = sorted(lines, key=lambda line: int(line.number[1:]))
    rows = [f"| {line.number} | {line.what} | {line.asked} | {line.got} | {line.verdict} |" for line in ordered]
    return ["| no. | what was done | asked for | got | |", "| --- | --- | --- | --- | --- |", *rows]


def write(lines: list[Line], command: str, page: Path = PAGE) -> None:
    """Write the table between the marks of the page."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    failed = sum(line.passed is False for line in lines)
    told = f"`{command}`, {datetime.now(UTC):%Y-%m-%d}; {len(lines)} lines, {failed} of them failed."
    page.write_text("\n".join([f"{before}{BEGIN}", told, "", *table(lines), f"{END}{after}"]), "utf-8")


def main() -> int:
    """Run the steps that are asked for, show each line as it comes, and return 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", help=f"of {', '.join(STEPS)}; all, and the page is written, unless told")
    parser.add_argument("--seeds", type=int, help="how many; each step's own number unless told")
    asked = parser.parse_args()
    lines: list[Line] = []
    for name in asked.steps or STEPS:
        step, n_seeds = STEPS[name]
        began = time.monotonic()
        for line in step(range(1, (asked.seeds or n_seeds) + 1)):
            lines.append(line)
            sys.stdout.write(f"{line.number} {line.verdict}: {line.what}: {line.got}\n")
        sys.stdout.write(f"  ({name} took {time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
        if not asked.steps:  # as it goes: a drill takes long, and what was found is worth keeping
            write(lines, "make drill" if asked.seeds is None else f"python -m drill --seeds {asked.seeds}")
    return int(any(line.passed is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
