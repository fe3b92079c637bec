"""A disk that is full stops the buying, and what it could not take is handed out."""

import json
import resource
import subprocess
import sys

LIMIT = 300_000


def _limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def test_answers_that_a_full_disk_refuses_are_on_stderr(cli, suite_file):
    """The run ends with 4, the answers in flight stand on stderr as lines of an export, and the run resumes."""
    suite_file.write_text(suite_file.read_text().replace("samples: 4", "samples: 20"))
    words = ["run", suite_file.name, "--store", "runs.sqlite", "--concurrency", "4"]
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
    assert cli(*words).code == 0
    assert len(cli("export", "runs.sqlite").out.splitlines()) == 80
