"""Words to a person: to stderr, so that results can be piped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from evalkit.nouns import Caution
from evalkit.text.unobeyed import unobeyed
from evalkit.text.visible import visible


def say(line: str) -> None:
    """Write a line to stderr, with whatever a terminal or a build would obey made visible.

    Words that can not be written, because a disk is full or nobody listens any more, end nothing.
    """
    with suppress(OSError):
        sys.stderr.write(f"{unobeyed(visible(line))}\n")
        sys.stderr.flush()


def complain(line: str) -> None:
    """Write what is wrong, as one line that begins with the program's name."""
    say(f"evalkit: {line}")


def caution(cautions: Iterable[Caution]) -> None:
    """Write each caution once: what was seen, what it means, what to do."""
    for each in dict.fromkeys(cautions):
        where = f" (T = {', '.join(f'{t:g}' for t in each.temperatures)})" if each.temperatures else ""
        say(f"caution, {each.slug}{where}: {each.fact} {each.meaning} {each.remedy}")


def put(text: str) -> None:
    """Write a result to stdout, whole, with whatever a terminal or a build would obey made visible.

    JSON is in ASCII and stays the same to a program.
    """
    # The lines of a CSV end with both.
    text = "\r\n".join(unobeyed(visible(lines)) for lines in text.split("\r\n"))
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def is_terminal() -> bool:
    """Return whether stdout is looked at by a person."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
