"""Sessions of pytest inside a test: small suites, an endpoint that counts what it is asked, one with a script."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from evalkit.loopback.server import Server

SUITE = """\
name: {name}
temperatures: {temperatures}
samples: {samples}
metrics: {metrics}
endpoint: {{model: {model}, base_url: "{address}"}}
decoding: {{max_tokens: 24}}
prompts:
  - {{id: keeper, user: Tell a story about a lighthouse keeper., tags: [story]}}
  - {{id: france, user: What is the capital of France?}}
"""
"""A suite of two prompts."""

USUAL = ("-p", "evalkit", "-W", "error", "--strict-markers")
"""Options of every session: the plugin by its name, and every warning an error."""

OURS = ("OPENAI_", "EVALKIT_", "PYTEST_XDIST_", "PYTEST_ADDOPTS", "GITHUB_STEP_SUMMARY")
"""Variables that a session must not inherit from the one around it."""


class Keeper:
    """Keeps what sessions in this process load: pytester forgets it, and numpy can not be loaded twice."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[str, ModuleType] = {}

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Note what is loaded when a session ends, except for its own tests."""
        folder = str(config.rootpath)
        self._kept |= {
            k: m for k, m in sys.modules.items() if not (getattr(m, "__file__", "") or "").startswith(folder)
        }

    def restore(self) -> None:
        """Put back what was forgotten."""
        sys.modules.update(self._kept)


@pytest.fixture(scope="session")
def keeper() -> Keeper:
    """Return what keeps modules from one session to the next."""
    return Keeper()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, keeper: Keeper) -> Iterator[None]:
    """Take away what the environment says of endpoints, of us, and of the session around this one."""
    for name in os.environ:
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # what else is installed costs each session its start
    yield
    keeper.restore()  # after pytester, which came later


@dataclass
class Sessions:
    """Writes suites and tests into an empty folder, and runs pytest there, in this process."""

    pytester: pytest.Pytester
    """The folder, and what runs pytest in it."""
    keeper: Keeper
    """Keeps what a session loads."""

    @property
    def path(self) -> Path:
        """The folder."""
        return self.pytester.path

    def suite(
        self,
        name: str = "small",
        *,
        address: str = "loopback",
        samples: int = 6,
        temperatures: str = "[0, 1]",
        metrics: str = "[exact_agreement]",
        model: str = "storyteller-small",
    ) -> None:
        """Write a suite of two prompts."""
        text = SUITE.format(
            name=name, address=address, samples=samples, temperatures=temperatures, metrics=metrics, model=model
        )
        (self.path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def tests(self, body: str, *, name: str = "test_it", marker: str = "suite='small.yaml'") -> None:
        """Write a file of tests that all bear the marker."""
        head = f"import pytest\npytestmark = pytest.mark.evalkit({marker})\n" if marker else "import pytest\n"
        (self.path / f"{name}.py").write_text(head + body, encoding="utf-8")

    def test(self, *lines: str, marker: str = "suite='small.yaml'") -> None:
        """Write a file with one test, made of lines."""
        body = "".join(f"    {line}\n" for line in lines)
        self.tests(f"def test_it(evalkit):\n{body}", marker=marker)

    def run(self, *options: str) -> pytest.RunResult:
        """Return what came of a session in this process, in which every warning is an error."""
        result = self.pytester.runpytest_inprocess(*USUAL, *options, plugins=[self.keeper])
        self.keeper.restore()
        return result

    def verdicts(self, lines: Iterable[str], *options: str, marker: str = "suite='small.yaml'") -> dict[str, str]:
        """Return what each of several assertions came to, by one session with a test for each.

        They are read where other tools read them, in the properties of a JUnit file.
        """
        asked = list(lines)
        self.tests(
            "".join(f"def test_{n}(evalkit):\n    assert {line}\n" for n, line in enumerate(asked)), marker=marker
        )
        self.run("--junitxml=verdicts.xml", *options)
        cases = ET.parse(self.path / "verdicts.xml").iter("testcase")  # noqa: S314 - pytest wrote it
        found = {}
        for line, case in zip(asked, cases, strict=True):
            told = [each.get("value", "") for each in case.iter("property")]
            found[line] = told[-1].partition(":")[0] if told else "none"
            assert (case.find("failure") is None) is (found[line] == "holds"), line
        return found

    def run_apart(self, *options: str) -> pytest.RunResult:
        """Return what came of a session in processes of its own, where the point needs them."""
        return self.pytester.runpytest_subprocess(*USUAL, *options)


@pytest.fixture
def sessions(pytester: pytest.Pytester, keeper: Keeper) -> Sessions:
    """Return what runs sessions in an empty folder that has the small suite."""
    made = Sessions(pytester, keeper)
    made.suite()
    return made


@pytest.fixture
def real(sessions: Sessions) -> Iterator[Server]:
    """Yield a server that the small suite names by its address: to the plugin it is a real endpoint."""
    with Server(seed=1) as server:
        sessions.suite(address=server.url)
        yield server


@dataclass
class Scripted:
    """An endpoint that answers by a function, so that what a test finds is known beforehand."""

    answer: Callable[[str, float, int], str] = lambda _question, _temperature, n: f"answer {n}"
    """Last question, temperature and how often the same was asked before -> the answer."""
    asked: list[dict] = field(default_factory=list)
    """The body of every request."""
    url: str = ""
    """Its address."""

    def reply(self, body: dict) -> dict:
        """Return the reply to a request."""
        question, temperature = body["messages"][-1]["content"], body["temperature"]
        same = sum(
            (b["messages"], b["temperature"], b["model"]) == (body["messages"], temperature, body["model"])
            for b in self.asked
        )
        self.asked.append(body)
        message = {"role": "assistant", "content": self.answer(question, temperature, same)}
        return {
            "id": f"chatcmpl-{len(self.asked)}",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }


@pytest.fixture
def scripted(sessions: Sessions) -> Iterator[Scripted]:
    """Yield an endpoint that the small suite names, and whose answers the test chooses."""
    script, lock = Scripted(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                reply = json.dumps(script.reply(body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    sessions.suite(address=script.url)
    yield script
    server.shutdown()
    thread.join()
    server.server_close()
