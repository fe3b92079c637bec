"""File names: what stands for a name of any kind, in its folder and on any system."""

from __future__ import annotations

import re

from evalkit.nouns import content_key

_LONGEST = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")  # devices on Windows, with any ending


def file_name_of(name: str) -> str:
    """Return a file name without ending that stands for a name and for no other, and never leaves its folder.

    Names of lower-case letters of ASCII, digits, hyphens and underscores stand for themselves. Of any other the name
    shows these only, sixty at most, and ends in a digest: ``../x`` and ``x``, ``A`` and ``a`` are different files where
    the system knows no case either.

    Args:
        name: A label, a suite's name, or anything else that a person or a file of others chose.
    """
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:_LONGEST]
    if plain and plain == name and not _RESERVED.match(name):
        return name
    return f"{plain or 'run'}-{content_key(name)[:8]}"
