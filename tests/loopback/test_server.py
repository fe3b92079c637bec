import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server

Chat = Callable[..., Any]


def test_starts_and_stops_quickly_and_leaves_nothing(chat: Chat) -> None:
    """A server is up and down again in well under a second, its thread and port free afterwards."""
    before = threading.active_count()
    begun = time.monotonic()
    with Server() as server:
        assert server.alive
        assert chat(server).status == 200
        port = int(server.url.rsplit(":", 1)[1].removesuffix("/v1"))
    assert time.monotonic() - begun < 3
    assert not server.alive
    assert threading.active_count() == before
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_port_in_use_is_an_os_error() -> None:
    """A port that is taken is told when the server is entered."""
    with Server() as server:
        taken = int(server.url.rsplit(":", 1)[1].removesuffix("/v1"))
        with pytest.raises(OSError, match="in use"), Server(port=taken):
            pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "0", "10.0.0.1", "evil.example", "::ffff:127.0.0.1"])  # noqa: S104
def test_address_others_can_reach_needs_a_key(host: str) -> None:
    """Listening on anything but 127.0.0.1, ::1 or localhost without a key is refused."""
    with pytest.raises(ValueError, match="needs a key"):
        Server(host=host)


def test_stops_while_a_request_is_under_way(chat: Chat) -> None:
    """A slow request does not keep the server from stopping."""
    with ThreadPoolExecutor(1) as pool:
        with Server(faults=Faults(script=["slow:30"])) as server:
            waiting = pool.submit(chat, server)
            time.sleep(0.2)
            begun = time.monotonic()
        assert time.monotonic() - begun < 8
        assert waiting.exception() is not None or waiting.result().status >= 500


def test_serves_many_at_once(chat: Chat) -> None:
    """Hundreds of connections at once are all answered."""
    with Server(latency_s=0.05) as server, ThreadPoolExecutor(100) as pool:
        statuses = list(pool.map(lambda _: chat(server, max_tokens=5).status, range(300)))
    assert statuses == [200] * 300


def test_latency_is_waited(chat: Chat) -> None:
    """Each completion takes at least the latency."""
    with Server(latency_s=0.2) as server:
        begun = time.monotonic()
        chat(server)
        assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_foreground_serves_until_a_signal(number: int) -> None:
    """In the foreground it tells its address, serves, and ends quietly at SIGINT or SIGTERM."""
    program = (
        "from evalkit.loopback.server import serve_forever\n"
        "serve_forever(announce=lambda url: print(url, flush=True))\nprint('done')"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/models", timeout=10) as reply:  # noqa: S310 - our own address
            assert reply.status == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "done\n", "")


def test_replies_one_after_another_do_not_wait_for_acknowledgements() -> None:
    """On a connection that is kept, the body of a reply goes out with its head: 40 ms later it would be the next."""
    with Server(seed=1) as server:
        host, port = server.url.removeprefix("http://").removesuffix("/v1").split(":")
        line = http.client.HTTPConnection(host, int(port))
        took = []
        for _ in range(12):
            begun = time.monotonic()
            line.request("GET", "/v1/models")
            line.getresponse().read()
            took.append(time.monotonic() - begun)
        line.close()
    assert min(took[2:]) < 0.03


def _served_by_a_child(before: str) -> tuple[subprocess.Popen[str], str, int]:
    """Return a process that began a server and waits, the server's address and its number."""
    server = (
        "import os\nfrom evalkit.loopback.server import serve_forever\n"
        "serve_forever(announce=lambda url: print(url, os.getpid(), flush=True))"
    )
    parent = (
        "import signal, subprocess, sys\n"
        "for number in (signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_DFL)\n"
        f"{before}\nsubprocess.run([sys.executable, '-c', {server!r}])"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url, number = process.stdout.readline().split()
    return process, url, int(number)


@pytest.mark.parametrize(
    "before",
    ["", "signal.signal(signal.SIGHUP, signal.SIG_IGN)", "signal.signal(signal.SIGINT, signal.SIG_IGN)"],
    ids=["plain", "nohup", "background"],
)
def test_foreground_ends_with_its_parent(before: str) -> None:
    """A server whose parent was killed ends within seconds, unless nohup or a script's & lets it stay."""
    stays = bool(before)
    process, url, number = _served_by_a_child(before)
    with process:
        process.kill()
    deadline = time.monotonic() + (2.5 if stays else 10)
    try:
        while time.monotonic() < deadline and _answers(url):
            time.sleep(0.1)
        assert _answers(url) == stays
    finally:
        if stays:
            os.kill(number, signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/models", timeout=5) as reply:  # noqa: S310 - our own address
            return bool(reply.status == 200)
    except OSError:
        return False
