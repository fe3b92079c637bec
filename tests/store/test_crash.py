"""What was acknowledged is there, however the writer ends."""

import signal
import subprocess
import sys

import pytest

from evalkit.store.sqlite import open_store
from evalkit.store.verify import verify

FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
exec(sys.argv[2])
"""


@pytest.mark.parametrize("n_answers", [1, 7, 40])
def test_kill_loses_nothing_that_was_acknowledged(path, writing, n_answers):
    """Killed three times in a row, the store holds every answer that was said to be on disk, and is whole."""
    said: set[int] = set()
    for _ in range(3):
        process = writing()
        said |= {int(process.stdout.readline()) for _ in range(n_answers)}
        process.send_signal(signal.SIGKILL)
        said |= {int(line) for line in process.communicate()[0].splitlines()}
        assert verify(path).whole
    with open_store(path) as store:
        texts = {s.draw.replicate: s.text for cell in store.outcomes("r") for s in cell.samples}
    assert said <= texts.keys()
    assert len(said) >= 3 * n_answers
    assert all(text.startswith(f"text {replicate} x") for replicate, text in texts.items())


def test_a_full_disk_stops_the_writer_and_spares_the_store(path, writer_program):
    """When nothing more can be written the writer says so at once, and what was acknowledged is there."""
    process = subprocess.run(
        [sys.executable, "-c", FULL, str(path), writer_program], capture_output=True, text=True, check=False
    )
    said = [int(line) for line in process.stdout.splitlines() if line.isdigit()]
    assert process.returncode == 1
    assert "StoreError" in process.stderr
    assert "can not be written" in process.stderr
    assert said
    with open_store(path) as store:
        assert set(said) <= {s.draw.replicate for cell in store.outcomes("r") for s in cell.samples}
    assert verify(path).whole
