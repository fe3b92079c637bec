"""A bench: an empty folder, a misbehaving server in its own process, and `evalkit` as a command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY = "sk-drill-9f83c1d2e7b64a50a1-QZ7hV+/x=w4Tn"
"""The key of every drill; made up, with letters that URLs and base64 change."""
STORE = "runs.sqlite"
"""Name of the store in the folder."""
IN_FLIGHT = 10
"""Most requests in flight, unless a drill says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended."""

    code: int
    """Exit status; negative for a signal."""
    out: str
    """What it wrote to standard output."""
    err: str
    """What it wrote to standard error."""
    seconds: float
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A server of the drill and its journal."""

    url: str
    """Base address."""
    path: Path
    """The journal."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def journal(self) -> list[dict[str, Any]]:
        """Return every request that is noted by now."""
        lines = self.path.read_text("ascii").splitlines(keepends=True) if self.path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]


@dataclass(slots=True)
class Bench:
    """Where one drill happens."""

    folder: Path
    """Empty at the beginning."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that commands get besides the usual ones."""
    _n_servers: int = 0

    @contextmanager
    def serve(self, *faults: str, **options: object) -> Iterator[Serving]:
        """Yield a server that is up, with faults or habits, and options of `drill.serving`."""
        self._n_servers += 1
        journal = self.folder.parent / f"{self.folder.name}-journal-{self._n_servers}.jsonl"
        words = [f"--{name}={value}" for name, value in options.items() if value is not True]
        words += [f"--{name}" for name, value in options.items() if value is True]
        command = [sys.executable, "-m", "drill.serving", f"--journal={journal}", *words]
        command += [f"--fault={fault}" for fault in faults]
        path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )
        with process:
            try:
                url = process.stdout.readline().strip()
                if not url:
                    raise RuntimeError(f"the server of the drill did not start: {command}")
                yield Serving(url, journal)
            finally:
                process.kill()

    def suite(self, url: str, **changes: Any) -> Mapping[str, Any]:
        """Return the suite that was written as ``s.json``: 10 prompts, 2 temperatures, 10 samples."""
        prompts = [{"id": f"p{k}", "user": f"Question {k}: what is good about number {k}?"} for k in range(10)]
        suite = {
            "name": "drill",
            "endpoint": {"model": "storyteller-small", "base_url": url},
            "temperatures": [0.7, 1.2],
            "samples": 10,
            "metrics": ["length_words"],
            "decoding": {"max_tokens": 40},
            "concurrency": IN_FLIGHT,
            "prompts": prompts,
            **changes,
        }
        (self.folder / "s.json").write_text(json.dumps(suite), "utf-8")
        return suite

    def start(self, *words: object, before: Sequence[str] = (), prepare: Callable[[], None] | None = None) -> Started:
        """Return a command of evalkit that was started, under another program if `before` names one."""
        return self._start([*before, sys.executable, "-m", "evalkit", *map(str, words)], prepare)

    def python(self, *words: str, timeout: float = 300.0) -> Ended:
        """Return another program of Python that has ended."""
        return self._start([sys.executable, *words]).end(timeout)

    def _start(self, command: Sequence[str], prepare: Callable[[], None] | None = None) -> Started:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "EVALKIT_"))}
        kept.pop("GITHUB_STEP_SUMMARY", None)
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**kept, "OPENAI_API_KEY": KEY, **self.environment},
            preexec_fn=prepare,  # noqa: PLW1509 - a limit of the child's own; no thread of ours holds a lock
        )
        return Started(process)

    def evalkit(self, *words: object, timeout: float = 300.0, **how: Any) -> Ended:
        """Return a command of evalkit that has ended."""
        return self.start(*words, **how).end(timeout)

    def run(self, *words: object, **how: Any) -> Ended:
        """Return the run of the suite, which went on where it was."""
        return self.evalkit("run", "s.json", "--store", STORE, "--no-preflight", *words, **how)

    def start_run(self, *words: object, **how: Any) -> Started:
        """Return a run of the suite that was started."""
        return self.start("run", "s.json", "--store", STORE, "--no-preflight", *words, **how)

    def rows(self) -> list[dict[str, Any]]:
        """Return what `evalkit export` gives of the store as it lies, nothing where there is no store."""
        if not (self.folder / STORE).exists():
            return []
        ended = self.evalkit("export", STORE)
        if ended.code:
            raise RuntimeError(f"the store can not be exported: {ended.err}")
        return [json.loads(line) for line in ended.out.splitlines()]


@dataclass(slots=True)
class Started:
    """A command that was started."""

    process: subprocess.Popen[bytes]
    """Its process."""
    began: float = field(default_factory=time.monotonic)
    """When, by the monotonic clock."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, timeout: float = 300.0) -> Ended:
        """Return how it ended; killed when it takes longer than the time-out in seconds."""
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            err += b"\n(killed by the drill: it took too long)"
        seconds = time.monotonic() - self.began
        words = (out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))
        return Ended(code=self.process.returncode, out=words[0], err=words[1], seconds=seconds)


@contextmanager
def bench() -> Iterator[Bench]:
    """Yield a bench in a folder of its own, which is removed."""
    top = Path(tempfile.mkdtemp(prefix="drill-"))
    folder = top / "here"
    folder.mkdir()
    try:
        yield Bench(folder)
    finally:
        shutil.rmtree(top, ignore_errors=True)


def until(true: Callable[[], object], seconds: float = 20.0) -> bool:
    """Return whether something became true within some seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
