"""A store in a temporary directory, and deliveries to put into it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalkit.nouns import Attempt, Delivery, Draw, Failure, Plan, Provenance, Reply, Request, Sample, Suite, cells
from evalkit.store.sqlite import SqliteStore, open_store

WRITER = """
import sys
from evalkit.nouns import *
from evalkit.store.sqlite import open_store

suite = Suite(
    name="crash", endpoint=Endpoint(model="m"), temperatures=(1.0,), samples=1_000_000, metrics=(),
    prompts=(Prompt(id="p", messages=(Message(role="user", content="?"),)),),
)
with open_store(sys.argv[1]) as store:
    store.begin("r", suite, Provenance(evalkit_version="0", python="3", platform="here"))
    filled = store.filled("r")
    print("ready", flush=True)
    for draw in Plan(cells=cells(suite), samples=suite.samples):
        if draw.slot in filled:
            continue
        attempt = Attempt(number=1, queued=0.0, sent=0.0, first_byte=None, done=1.0)
        request = Request(cell=draw.cell, replicates=(draw.replicate,))
        sample = Sample(draw=draw, text=f"text {draw.replicate} " + "x" * 2000)
        store.record("r", Delivery(
            request=request, attempts=(attempt,), reply=Reply.of_texts([sample.text]), outcomes=(sample,),
            started_at="2026-01-01T00:00:00+00:00",
        ))
        print(draw.replicate, flush=True)
"""
"""A program that records answers until it is stopped, and says each number only when it is on disk."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a store may be made."""
    return tmp_path / "runs.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """Return an empty store, open for writing."""
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def origin() -> Provenance:
    """Return where the runs of these tests come from."""
    return Provenance(evalkit_version="0.1", python="3.11", platform="here", packages=(("numpy", "2"),), commit="abc")


@pytest.fixture
def draws_of() -> Callable[[Suite], list[Draw]]:
    """Return a function that lists every draw of a suite."""
    return lambda suite: list(Plan(cells=cells(suite), samples=suite.samples, seed=suite.seed))


@pytest.fixture
def delivery_of() -> Callable[..., Delivery]:
    """Return a maker of deliveries: a sample with a text, or a failure when the text is None."""

    def make(draw: Draw, text: str | None = "hello", **changes: object) -> Delivery:
        good = text is not None
        fields = {"draw": draw} | ({"text": text} if good else {"error": "timeout", "message": "too slow"}) | changes
        attempt = Attempt(number=1, queued=0.5, sent=1.0, first_byte=None, done=2.5, error=None if good else "timeout")
        return Delivery(
            request=Request(cell=draw.cell, replicates=(draw.replicate,)),
            attempts=(attempt,),
            reply=Reply(raw=b"{}\xff", completions=()) if good else None,
            outcomes=(Sample(**fields) if good else Failure(**fields),),
            started_at="2026-01-01T00:00:00+00:00",
        )

    return make


@pytest.fixture
def writing(path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Return a function that starts a process which writes to the store without end."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def writer_program() -> str:
    """Return the program that writes without end."""
    return WRITER
