"""The walk-through of docs/ray-serve.md, where Ray Serve is installed: its own processes, its own key."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "suites/ray_serve"
_AMBIENT = ("OPENAI_", "EVALKIT_", "PYTEST_", "GITHUB_", "RAY_")
_CHATS = """
from evalkit import quick_chat
for temp in (0.1, 1.1):
    print(len({quick_chat("Explain things briefly.", "Where should I go on a date?", temp=temp) for _ in range(8)}))
"""

pytestmark = pytest.mark.xdist_group("ray")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def deployed() -> Iterator[dict[str, str]]:
    """Yield the environment of whoever asks an endpoint that Ray Serve deployed."""
    pytest.importorskip("ray.serve", exc_type=ImportError)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_AMBIENT)}
    with tempfile.TemporaryDirectory(prefix="r", ignore_cleanup_errors=True) as session:  # a socket's path is short
        keyed = clean | {"OPENAI_API_KEY": f"made-up-{secrets.token_hex(8)}", "EVALKIT_MODEL": "storyteller-small"}
        process = subprocess.Popen(
            [sys.executable, str(FOLDER / "deploy.py"), f"--port={_free_port()}"],
            env=keyed | {"RAY_TMPDIR": session, "HOME": session},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            with process.stdout as said:
                address = next((line for line in said if line.startswith("export ")), "").strip()
                assert address, "it was not deployed"
                name, _, url = address.removeprefix("export ").partition("=")
                yield keyed | {name: url, "session": session}
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _asked(environment: dict[str, str], *command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert environment["OPENAI_API_KEY"] not in done.stdout + done.stderr
    return done.stdout


def test_the_route_wants_its_key(deployed: dict[str, str]) -> None:
    """Models are listed to who bears the key; anybody else is told 401."""
    address = f"{deployed['OPENAI_BASE_URL']}/models"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address)  # noqa: S310 - our own address
    bearing = urllib.request.Request(address, headers={"Authorization": f"Bearer {deployed['OPENAI_API_KEY']}"})  # noqa: S310 - as above
    with urllib.request.urlopen(bearing) as reply:  # noqa: S310 - as above
        assert [model["id"] for model in json.load(reply)["data"]]


def test_quick_chat_is_conservative_and_creative(deployed: dict[str, str]) -> None:
    """Eight answers at 0.1 are fewer different ones than eight at 1.1, each by one call that names no address."""
    conservative, creative = map(int, _asked(deployed, "-c", _CHATS).split())
    assert conservative < creative


def test_the_tutorial_holds_and_makes_a_page(deployed: dict[str, str], tmp_path: Path) -> None:
    """Answers are bought with --evalkit-run only; the claims hold of a deployment as of the embedded endpoint."""
    page, store = tmp_path / "page.html", tmp_path / "answers.sqlite"
    pytest_here = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", str(FOLDER))
    flags = (f"--evalkit-store={store}", f"--evalkit-report={page}")
    assert "skipped" in _asked(deployed, *pytest_here, *flags)
    said = _asked(deployed, *pytest_here, *flags, "--evalkit-run")
    assert re.search(r"120 drawn with 120 requests", said)
    assert " skipped" not in said
    key = deployed["OPENAI_API_KEY"].encode()
    kept = [path for path in (page, store, *Path(deployed["session"]).rglob("*")) if path.is_file()]
    assert len(kept) > 10
    assert [path.name for path in kept if key in path.read_bytes()] == []


def test_its_suite_runs_from_the_command_line(deployed: dict[str, str], tmp_path: Path) -> None:
    """The suite names no address: that of the environment is asked."""
    store = tmp_path / "runs.sqlite"
    _asked(deployed, "-m", "evalkit", "run", str(FOLDER / "chat.yaml"), f"--store={store}", cwd=tmp_path)
    lines = _asked(deployed, "-m", "evalkit", "export", str(store), cwd=tmp_path).splitlines()
    assert {json.loads(line)["status"] for line in lines} == {"ok"}
    assert len(lines) == 6 * 4 * 20
