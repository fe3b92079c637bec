"""Nothing of a developer's machine, and no key, is in a tracked file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Written in pieces, so that this file does not find itself.
_PATTERNS = {
    "a path of one machine": r"(?<![\w.])/(?:work|root|home/[a-z]+|Users)/" + r"(?!v\d)[\w.]",
    "a registry's host": r"\b(?:files\.)?(?:pypi|pythonhosted|npmjs|crates)\." + r"(?:org|io)\b|index[-_]url\s*=",
    "a key": r"\b(?:sk-(?:proj-|ant-)?[A-Za-z0-9]{20}|gh[pousr]_[A-Za-z0-9]{20}|hf_[A-Za-z0-9]{20}|AKIA[A-Z0-9]{16})",
    "a private key": "-----BEGIN [A-Z ]*" + "PRIVATE KEY",
}


@pytest.mark.parametrize("what", _PATTERNS)
def test_no_tracked_file_holds(files: tuple[Path, ...], root: Path, what: str) -> None:
    """What belongs to one machine or one person stays there."""
    pattern = re.compile(_PATTERNS[what])
    found = [
        f"{path.relative_to(root)}: {hit.group()[:12]}"
        for path in files
        if path.suffix not in {".gz", ".png", ".sqlite"}
        for hit in [pattern.search(path.read_text(encoding="utf-8", errors="replace"))]
        if hit
    ]
    assert found == []
