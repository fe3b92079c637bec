"""`make bench`: what sampling and measuring cost, against targets and others; writes docs/performance.md.

`make bench PARTS="harnesses growth"` measures these parts alone, and the page keeps what it says of the others.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from benchmarks import finished, growth, harnesses, kernels, measuring, memory, page, pages, sampling, scale
from benchmarks.line import Line

_OURS = ("openai", "aiohttp", "uvloop", "msgspec", "numpy", "scipy", "scikit-learn", "rapidfuzz", "numba")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of the page."""

    title: str
    lines: Callable[[], Iterator[Line]]
    """Yields its figures, as they come."""
    peers: Callable[[], dict[str, str]] = dict
    """The versions of what it compares with, besides what is installed here."""


PARTS = {
    "sampling": Part(title="A sample", lines=sampling.lines),
    "harnesses": Part(title="A sample, in other harnesses", lines=harnesses.lines, peers=harnesses.told),
    "memory": Part(title="Memory and start", lines=memory.lines),
    "measuring": Part(title="The usual metrics with their intervals", lines=measuring.lines),
    "growth": Part(title="The usual metrics, by the number of samples", lines=growth.lines),
    "metrics": Part(title="Metrics, in other libraries", lines=kernels.lines, peers=kernels.told),
    "pages": Part(title="The page", lines=pages.lines),
    "finished": Part(title="A command with nothing to buy", lines=finished.lines),
    "scale": Part(title="A store that grows, and stores that are merged", lines=scale.lines),
}


def _stamp(part: str) -> str:
    """Return when, how and with what a part is measured; environments of peers are made here, before any clock runs."""
    own = {name: found for name in _OURS if (found := _version(name))}
    peers = {name: found for name, found in PARTS[part].peers().items() if own.get(name) != found}
    busy = f", {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores busy before" if hasattr(os, "getloadavg") else ""
    libraries = ", ".join(f"{name} {found}" for name, found in (own | peers).items())
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f'`make bench PARTS="{part}"`, {when}{busy}. Python {platform.python_version()}, {libraries}.'


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _lines(part: str) -> Iterator[Line]:
    """Yield the figures of a part; where it fails, a line that says so comes last."""
    try:
        yield from PARTS[part].lines()
    except Exception as error:  # noqa: BLE001 - the other parts are measured all the same
        traceback.print_exc()
        why = f"failed: {type(error).__name__}: {error}"[:300]
        yield Line(what=f"the rest of {part}", target="", ours="", others="", got=why, reached=None)


def main() -> int:
    """Run the parts that are asked for, show each line as it comes, and keep it on the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--try", dest="trying", action="store_true", help="show what comes, and leave the page alone")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for part in asked.parts or PARTS:
        stamp, lines = _stamp(part), list[Line]()
        for line in _lines(part):
            lines.append(line)
            verdict = {True: "reached", False: "NOT REACHED", None: "told"}[line.reached]
            sys.stdout.write(f"{verdict}: {line.what}: {line.ours} ({line.others}) {line.got}; target {line.target}\n")
            sys.stdout.flush()
            if not asked.trying:  # as it goes: what was found is worth keeping when a later line takes too long
                page.keep(page.DOCS, part, {"title": PARTS[part].title, "stamp": stamp}, lines, tuple(PARTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
