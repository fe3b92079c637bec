"""One writer at a time, whatever happens to it."""

import os
import signal

import pytest

from evalkit.errors import StoreBusyError, StoreError
from evalkit.store.lock import Lock
from evalkit.store.sqlite import open_store


def test_a_second_process_is_refused_and_told_who_writes(path, writing):
    """The second writer learns the number of the first; a reader is let in."""
    process = writing()
    with pytest.raises(StoreBusyError, match=f"process {process.pid} is writing"):
        open_store(path)
    with open_store(path, read_only=True) as reader:
        assert [run.label for run in reader.runs()] == ["r"]


def test_the_lock_dies_with_its_process(path, writing):
    """After kill -9 the next writer needs no manual step."""
    process = writing()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open_store(path) as store:
        assert [run.label for run in store.runs()] == ["r"]


def test_the_same_process_is_refused_too(path):
    """Two stores of one process would be two writers."""
    with open_store(path), pytest.raises(StoreBusyError, match=f"process {os.getpid()}"):
        open_store(path)
    with open_store(path):
        pass


def test_a_file_of_that_name_is_left_alone(path):
    """What is no lock file is not overwritten."""
    other = path.with_name(path.name + ".lock")
    other.write_text("precious")
    with pytest.raises(StoreError, match="not a lock file"):
        Lock(path)
    assert other.read_text() == "precious"


def test_the_lock_file_is_private(path):
    """Mode 0600, as the store."""
    lock = Lock(path)
    assert lock.path.stat().st_mode & 0o777 == 0o600
    lock.release()
