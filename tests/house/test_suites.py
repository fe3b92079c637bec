"""The suites that are the documentation's examples hold on the embedded endpoint, and so does the README's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_AMBIENT = ("OPENAI_", "EVALKIT_", "PYTEST_", "GITHUB_")
"""Variables that would make a session another one than that of a newcomer."""
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _session(folder: Path, *arguments: str) -> str:
    """Return what a session of pytest says that was started in a folder, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_AMBIENT)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_suites_are_green_alone_and_against_a_baseline(root: Path, tmp_path: Path) -> None:
    """Drawn, replayed and saved, then drawn anew and compared: nothing fails, and nothing is skipped in the end."""
    store = f"--evalkit-store={tmp_path / 'answers.sqlite'}"
    assert "--evalkit-baseline=NAME" in _session(root, "suites", store, "-rs")
    assert " 0 drawn with 0 requests" in _session(root, "suites", store, "--evalkit-save=main")
    assert " skipped" not in _session(root, "suites", store, "--evalkit-fresh", "--evalkit-baseline=main")


def test_the_readme_suite_is_green_in_an_empty_folder(root: Path, tmp_path: Path) -> None:
    """Twenty lines or so, and nothing else: no file, no key, no network."""
    section = (root / "README.md").read_text("utf-8").split("\n## From pytest\n")[1].split("\n## ")[0]
    (suite,) = _PYTHON.findall(section)
    (tmp_path / "test_readme.py").write_text(suite, "utf-8")
    said = _session(tmp_path, "-W", "error", "--strict-markers")
    assert re.search(r"\d+ passed in ", said)
    assert "at no cost" in said


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "suites").glob("test_*.py")), ids=lambda p: p.name)
def test_every_suite_is_told_of(root: Path, path: Path) -> None:
    """Each file of tests is named in the folder's own page."""
    assert f"`{path.name}`" in (root / "suites/README.md").read_text("utf-8")
