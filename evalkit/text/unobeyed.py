r"""Unobeyed: output that tells the build which shows it to do nothing.

GitHub obeys a line that begins with two colons, and it, Azure Pipelines and TeamCity what begins with two hashes
and a word in brackets, wherever it stands. Both can be part of a model's text or of a name.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w{0,30}\[)", re.MULTILINE)


def unobeyed(text: str) -> str:
    r"""Return lines with the first sign of each command as ``\u003a`` or ``\u0023``, which JSON reads as that sign."""
    return _COMMAND.sub(lambda match: f"{match[1]}\\u003a" if match[1] is not None else r"\u0023", text)
