"""What a process and a disk have no room for is told before anything is bought."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalkit import api
from evalkit.errors import StoreError, UsageError
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint, Suite
from evalkit.room import check_space, files_for, fitted


@pytest.fixture
def few_files() -> Iterator[int]:
    """Let this process open thirty more files and no more, and yield the limit."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = sum(1 for _ in Path("/dev/fd").iterdir()) + 30
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
    yield limit
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def child(program: str) -> str:
    """Return what a process of its own says, which may lower a limit for good."""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


SuiteOf = Callable[..., Suite]
HARD = "import resource; from evalkit.room import files_for; resource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}))\n"


def test_a_soft_limit_is_raised(few_files: int) -> None:
    """Who may raise the limit need not ask for it: two hundred connections are had."""
    assert files_for(200) == 200
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > few_files


def test_a_hard_limit_is_kept() -> None:
    """Where the limit may not be raised there are as many connections as it lets through."""
    assert 1 <= int(child(HARD.format(40) + "print(files_for(200))")) < 40
    assert child(HARD.format(400) + "print(files_for(200))") == "200"


def test_no_files_at_all_is_told() -> None:
    """A limit that lets through nothing is an error with a way on, before anything is sent."""
    told = child(HARD.format(12) + "try: files_for(1)\nexcept Exception as error: print(type(error).__name__, error)")
    assert told.startswith(UsageError.__name__)
    assert "no more than 12 files open" in told
    assert "ulimit -n" in told


def test_a_run_takes_as_many_as_there_is_room_for(tmp_path: Path) -> None:
    """A hundred in flight under a limit of 40 files: each draw costs one request, and the caution is said."""
    with Server(latency_s=0.3) as server:
        program = (
            "import asyncio, resource, sys; from evalkit import api\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))\n"
            "with api.open_store(sys.argv[2]) as store:\n"
            "    done = api.run(api.load_suite(sys.argv[1]), store, preflight=False, notify=print)\n"
            "    print(done.n_samples)"
        )
        suite = tmp_path / "suite.yaml"
        suite.write_text(
            f"name: s\nconcurrency: 100\nsamples: 60\ntemperatures: [1.0]\ndecoding: {{max_tokens: 3}}\n"
            f"endpoint: {{model: m, base_url: '{server.url}'}}\nprompts: [{{id: a, user: hello}}]\n",
            encoding="utf-8",
        )
        command = [sys.executable, "-c", program, str(suite), str(tmp_path / "runs.sqlite")]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "requests in flight instead of 100" in ended.stdout
        assert ended.stdout.splitlines()[-1] == "60"
        assert len(server.journal) == 60


def test_the_embedded_endpoint_needs_two_files_a_request(tmp_path: Path, suite_of: SuiteOf, few_files: int) -> None:
    """Both ends of a connection to the embedded server are this process's own."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    told: list[str] = []
    with api.open_store(tmp_path / "runs.sqlite") as store:
        suite = suite_of(endpoint=Endpoint(model="m", base_url="loopback"), concurrency=100)
        assert fitted(suite, store, 1, told.append) == suite
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(few_files + 160, hard)
    assert told == []


def test_a_small_disk_is_told(tmp_path: Path) -> None:
    """Less room than the answers may take is a line, enough is none."""
    found = os.statvfs(tmp_path)
    told: list[str] = []
    check_space(tmp_path, 1, told.append)
    assert told == []
    check_space(tmp_path, found.f_bavail * found.f_frsize * 4, told.append)
    assert "MiB left, and the answers may take" in told[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder that is a disk of 2 MiB, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_before_anything_is_sent(small_disk: Path, suite_of: SuiteOf) -> None:
    """Next to nothing free is an error of the store that says so; with space freed the same call goes on."""
    with Server() as server, api.open_store(small_disk / "runs.sqlite") as store:
        suite = suite_of(endpoint=Endpoint(model="m", base_url=server.url))
        found = os.statvfs(small_disk)
        filler = small_disk / "filler"
        filler.write_bytes(bytes(found.f_bavail * found.f_frsize - 200_000))
        with pytest.raises(StoreError, match="is full: nothing was sent"):
            api.run(suite, store)
        assert len(server.journal) == 0
        filler.unlink()
        assert api.run(suite, store).n_samples == 6
