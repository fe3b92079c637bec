"""A disk that is full stops the buying, and what it could not take is handed out."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

LIMIT = 300_000


def _limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def test_answers_that_a_full_disk_refuses_are_on_stderr(cli, suite_file):
    """The run ends with 4; the answers in flight stand on stderr, come back from there, and the rest is asked for."""
    suite_file.write_text(suite_file.read_text().replace("samples: 4", "samples: 20"))
    words = ["run", suite_file.name, "--label", "r", "--store", "runs.sqlite", "--concurrency", "4"]
    full = subprocess.run(
        [sys.executable, "-m", "evalkit", *words], capture_output=True, text=True, check=False, preexec_fn=_limit
    )
    assert full.returncode == 4, full.stderr
    assert "can not be written" in full.stderr
    assert "Traceback" not in full.stderr
    unsaved = [json.loads(line) for line in full.stderr.splitlines() if line.startswith("{")]
    assert unsaved
    assert len({row["slot"] for row in unsaved}) == len(unsaved)
    kept = {json.loads(line)["slot"] for line in cli("export", "runs.sqlite").out.splitlines()}
    assert not kept & {row["slot"] for row in unsaved}
    assert cli("verify", "runs.sqlite").code == 0
    Path("err.txt").write_text(full.stderr, encoding="utf-8")
    assert cli("import", "err.txt", "--label", "r", "--fill").code == 0
    assert cli(*words).code == 0
    rows = {row["slot"]: row for row in map(json.loads, cli("export", "runs.sqlite").out.splitlines())}
    assert len(rows) == 80
    assert [rows[row["slot"]] for row in unsaved] == unsaved


def test_where_stderr_is_full_too_answers_are_in_the_folder_of_temporary_files(cli, suite_file, tmp_path):
    """A log of errors may lie on the same disk; what is left elsewhere comes back the same way."""
    suite_file.write_text(suite_file.read_text().replace("samples: 4", "samples: 20"))
    words = ["run", suite_file.name, "--label", "r", "--store", "runs.sqlite", "--concurrency", "4"]
    spare = tmp_path / "spare"
    spare.mkdir()
    with Path("/dev/full").open("w") as nowhere:
        full = subprocess.run(
            [sys.executable, "-m", "evalkit", *words],
            stdout=subprocess.DEVNULL,
            stderr=nowhere,
            env={**os.environ, "TMPDIR": str(spare)},
            check=False,
            preexec_fn=_limit,
        )
    assert full.returncode != 0
    left = list(spare.glob("evalkit-unsaved-*.jsonl"))
    assert left
    assert {path.stat().st_mode & 0o777 for path in left} == {0o600}
    unsaved = [json.loads(line) for path in left for line in path.read_text().splitlines()]
    for path in left:
        assert cli("import", path, "--label", "r", "--fill").code == 0
    rows = {row["slot"]: row for row in map(json.loads, cli("export", "runs.sqlite").out.splitlines())}
    assert [rows[row["slot"]] for row in unsaved] == unsaved
