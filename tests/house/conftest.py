"""The house as the tests see it: tracked files and syntax trees."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder that holds everything."""
    return ROOT


@pytest.fixture(scope="session")
def files(root: Path) -> tuple[Path, ...]:
    """Return every file of the project: those git tracks, or without git all that are no caches."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        folders = ("evalkit", "tests", "suites", "docs", "reports")
        found = [*root.glob("*.*"), *(path for folder in folders for path in (root / folder).rglob("*"))]
        return tuple(path for path in found if path.is_file() and "__pycache__" not in path.parts)
    return tuple(path for name in listed.stdout.split("\0") if name and (path := root / name).is_file())


@pytest.fixture(scope="session")
def trees(root: Path) -> dict[Path, ast.Module]:
    """Return the syntax tree of every module of the package and of its tests."""
    sources = [*(root / "evalkit").rglob("*.py"), *(root / "tests").rglob("*.py")]
    return {path.relative_to(root): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(sources)}
