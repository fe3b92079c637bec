"""Buy samples with promptfoo, as its command line does; what a start with few samples costs is taken off."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.clients import PROMPTS

_QUIET = {
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    "NO_COLOR": "1",
}


def cost_of(command: list[str], repeats: int, folder: Path) -> dict[str, float]:
    """Return what the command costs that buys some samples of each prompt."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    path = folder / f"{repeats}.jsonl"
    words = ["eval", "-c", "suite.json", "--no-cache", "--no-progress-bar", "--no-table", "-o", path.name]
    variables = {**os.environ, **_QUIET, "PROMPTFOO_CONFIG_DIR": str(folder / "home")}
    said = subprocess.run(
        [*command, *words, "--repeat", str(repeats)],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    came = len(path.read_text().splitlines()) if path.exists() else 0
    assert came == repeats * PROMPTS, said.stdout[-500:] + said.stderr[-500:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": time.monotonic() - wall, "resident": after.ru_maxrss / 2**10}


if __name__ == "__main__":
    url, n, in_flight, *command = sys.argv[1:]
    suite = {
        "prompts": ["Tell story {{k}}."],
        "providers": [
            {
                "id": "openai:chat:stub",
                "config": {"apiBaseUrl": url, "apiKey": "x", "temperature": 1.0, "max_tokens": 200},
            }
        ],
        "tests": [{"vars": {"k": str(k)}, "assert": [{"type": "contains", "value": "ship"}]} for k in range(PROMPTS)],
        "evaluateOptions": {"maxConcurrency": int(in_flight)},
    }
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "suite.json").write_text(json.dumps(suite))
        few = cost_of(command, 1, folder)
        many = cost_of(command, int(n) // PROMPTS + 1, folder)
        cost = {"cpu": many["cpu"] - few["cpu"], "wall": many["wall"] - few["wall"], "resident": many["resident"]}
        print(json.dumps(cost))  # noqa: T201 - the parent reads it
