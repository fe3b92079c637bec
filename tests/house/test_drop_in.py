"""A new metric is one new file, and nothing else is edited."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import evalkit

METRIC = '''"""Haiku share: how many texts have three lines."""

from evalkit.metrics.base import sample_metric


@sample_metric(unit="share", bounds=(0.0, 1.0))
def haiku_share(text: str) -> float:
    """Return 1 when a text has three lines, else 0.

    References:
        Definition by this project.
    """
    return float(len(text.strip().splitlines()) == 3)
'''

SUITE = """\
name: poems
temperatures: [0, 1]
samples: 3
metrics: [haiku_share]
endpoint: {model: m, base_url: loopback}
prompts: [{id: a, user: Write a poem.}]
"""


def test_a_metric_dropped_in_as_a_file_is_everywhere(tmp_path: Path) -> None:
    """It is listed, loads in a suite, stands in the page and is under contract."""
    root = Path(evalkit.__file__).parent.parent
    shutil.copytree(root / "evalkit", tmp_path / "evalkit", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "evalkit/metrics/haiku_share.py").write_text(METRIC)
    (tmp_path / "poems.yaml").write_text(SUITE)
    contract = [tmp_path / "contract" / name for name in ("test_metrics.py", "test_laws.py", "cells.py")]
    contract[0].parent.mkdir()
    for path in contract:
        shutil.copy(root / "tests" / "contract" / path.name, path)

    def run(*words: str) -> str:
        command = [sys.executable, "-m", *words]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "haiku_share" in [entry["name"] for entry in json.loads(run("evalkit", "list", "metrics", "--json"))]
    assert "haiku_share" in run("evalkit", "run", "poems.yaml", "--report", "page.html")
    assert "haiku_share" in (tmp_path / "page.html").read_text()
    assert "passed" in run("pytest", "-q", "-p", "no:evalkit", "-k", "haiku_share", *map(str, contract[:2]))
