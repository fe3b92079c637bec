"""An endpoint that answers whatever a test wants, and the command line beside it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evalkit.cli.main import main

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


@dataclass
class Talker:
    """An endpoint whose answers a test makes."""

    answer: Callable[[dict[str, Any], str, int], Answer] = lambda *_: (500, {}, b"")
    """Body and Authorization header of a request, and how many came before -> the answer."""
    url: str = ""
    """Its address."""
    n: int = 0
    """Requests so far."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while a request is counted."""


@contextlib.contextmanager
def talking() -> Iterator[Talker]:
    """Yield an endpoint until the block ends."""
    talker = Talker()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                body = json.loads(sent)
            except ValueError:  # a probe asks what becomes of that
                body = {}
            with talker.lock:
                before, talker.n = talker.n, talker.n + 1
            status, headers, reply = talker.answer(body, self.headers.get("Authorization", ""), before)
            self.send_response(status, "EVIL")
            told = {"Content-Type": "application/json", "Content-Length": str(len(reply)), **headers}
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        talker.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield talker
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A folder with a suite for an endpoint, and the command line in it."""

    folder: Path
    """The folder."""
    talker: Talker
    """The endpoint that the suite names."""

    def suite(self, **changes: object) -> str:
        """Write the suite, and return its name."""
        keys: dict[str, object] = {
            "name": "small",
            "endpoint": {"model": "m", "base_url": self.talker.url},
            "temperatures": [0, 1],
            "samples": 3,
            "metrics": ["exact_agreement", "length_words"],
            "prompts": [{"id": "p", "user": "Say something."}],
        }
        (self.folder / "suite.json").write_text(json.dumps(keys | changes), encoding="ascii")
        return "suite.json"

    def evalkit(self, *words: object) -> Said:
        """Run one command in this process, and return what it said: bytes on a terminal, not what they mean."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main([str(word) for word in words])
            except SystemExit as left:
                return Said(int(left.code or 0), out.getvalue(), err.getvalue())
        raise AssertionError("a command leaves with a code")

    def rows(self) -> list[dict[str, Any]]:
        """Return every draw, as an export has it."""
        return [json.loads(line) for line in self.evalkit("export", "runs.sqlite").out.splitlines()]

    def files(self) -> dict[str, bytes]:
        """Return what was written, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="session", autouse=True)
def bare() -> Iterator[None]:
    """Take what a developer's shell says about endpoints and builds out of the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("OPENAI_", "EVALKIT_", "GITHUB_"))]:
            patch.delenv(name)
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Yield an empty desk."""
    with talking() as talker:
        yield Desk(tmp_path, talker)
