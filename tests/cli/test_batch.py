"""`evalkit batch` on the command line: by hand, by the endpoint, and what each says."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from hosts import answer, expired

from evalkit import registry
from evalkit.loopback.server import Server

ADDRESS = "base_url: loopback"


@pytest.fixture
def server(suite_file):
    """Yield a server that is named by the small suite: 16 draws."""
    with Server(seed=1) as up:
        suite_file.write_text(suite_file.read_text().replace(ADDRESS, f'base_url: "{up.url}"'))
        yield up


def made(server):
    """Return how many batches a server was asked to begin."""
    return sum(each.method == "POST" and each.path == "/v1/batches" for each in server.journal)


def bought(server):
    """Return how many completions a server was asked for."""
    return sum(each.path == "/v1/chat/completions" for each in server.journal)


def test_by_hand_half_a_file_and_the_rest_by_run(cli, suite_file, folder, server):
    """Written, answered elsewhere, half of it read: what is missing is said by cell, and `run` buys exactly that."""
    spoken = cli("batch", "write", suite_file)
    assert (spoken.code, len(spoken.out.splitlines())) == (0, 1)
    assert "16 requests for 16 draws of runs.sqlite@small" in spoken.err
    assert "send each file as a batch, then: evalkit batch read RESULTS.jsonl --store runs.sqlite" in spoken.err
    lines = (folder / spoken.out.strip()).read_bytes().splitlines()
    (folder / "half.jsonl").write_bytes(b"".join(answer(line, number=i) for i, line in enumerate(lines[:8])))
    spoken = cli("batch", "read", "half.jsonl")
    assert spoken.code == 3
    assert spoken.out.splitlines()[0].split() == ["missing", "of", "T=0", "T=1"]
    assert sum(int(n) for line in spoken.out.splitlines()[1:] for n in line.split()[1:]) == 8
    assert "8 lines: 8 draws filled" in spoken.err
    assert "incomplete: 8 of 16 draws of runs.sqlite@small are missing, 0 of them failed" in spoken.err
    again = cli("batch", "read", "half.jsonl", "--json")
    told = json.loads(again.out)
    assert (again.code, told["n_again"], told["runs"][0]["n_missing"]) == (3, 8, 8)
    assert sum(each["missing"] for each in told["runs"][0]["missing"]) == 8
    assert cli("run", suite_file).code == 0
    assert bought(server) == 8
    assert cli("batch", "read", "half.jsonl").code == 0


def test_what_is_missing_is_written_again(cli, suite_file, folder):
    """Exactly that, with a word about the file before; a finished run is no file."""
    spoken = cli("batch", "write", suite_file, "--json")
    told = json.loads(spoken.out)
    assert (told["run"], told["n_requests"], told["n_draws"]) == ("small", 16, 16)
    lines = (folder / told["files"][0]).read_bytes().splitlines()
    (folder / "r.jsonl").write_bytes(b"".join(answer(each, number=i) for i, each in enumerate(lines[:10])))
    (folder / "e.jsonl").write_bytes(b"".join(map(expired, lines[10:])))
    spoken = cli("batch", "read", "r.jsonl", "e.jsonl")
    assert "errors: batch-expired (6)" in spoken.err
    spoken = cli("batch", "write", suite_file)
    assert "holds 1 older file of run 'small'" in spoken.err
    second = (folder / spoken.out.strip()).read_bytes().splitlines()
    assert sorted(second) == sorted(lines[10:])
    (folder / "r2.jsonl").write_bytes(b"".join(answer(each, number=i) for i, each in enumerate(second, 20)))
    assert cli("batch", "read", "r2.jsonl").code == 0
    spoken = cli("batch", "write", suite_file)
    assert (spoken.code, spoken.out) == (0, "")
    assert "nothing is missing of runs.sqlite@small" in spoken.err


def test_all_of_it_in_one_command(cli, suite_file, server):
    """Sent, awaited, read and complete; status tells of it, measuring shows the curves."""
    spoken = cli("batch", "run", suite_file, "--every", 0.1)
    assert (spoken.code, spoken.out) == (0, "")
    assert "runs.sqlite@small is complete: 16 samples" in spoken.err
    rows = json.loads(cli("batch", "status", suite_file, "--json").out)
    assert [(row["requests"], row["status"], row["read"]) for row in rows] == [(16, "completed", True)]
    assert "completed" in cli("batch", "status", suite_file).out
    assert "exact_agreement" in cli("measure", "runs.sqlite").out
    assert cli("batch", "run", suite_file).code == 0
    assert (made(server), bought(server)) == (1, 16)


def test_a_budget_refuses_a_batch_as_a_whole(cli, suite_file, server):
    """Nothing is sent, and the number that is named is enough."""
    spoken = cli("batch", "run", suite_file, "--max-requests", 5)
    assert (spoken.code, made(server)) == (3, 0)
    assert "a batch is bought whole (--max-requests 16 is enough" in spoken.err
    assert cli("batch", "run", suite_file, "--max-requests", 16, "--every", 0.1).code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_same_command_goes_on_after_a_signal(cli, suite_file, server, folder, number):
    """The batch is bought once, whatever ended the first command; Ctrl-C says how to go on."""
    server.app.state.batches.troubles.append("slow")
    words = ["batch", "run", str(suite_file), "--every", "30"]
    started = subprocess.Popen([sys.executable, "-m", "evalkit", *words], stderr=subprocess.PIPE, env=dict(os.environ))
    until = time.monotonic() + 60
    while time.monotonic() < until and '"batch_id": "batch_' not in _list(folder):
        time.sleep(0.02)
    started.send_signal(number)
    _, told = started.communicate(timeout=30)
    if number == signal.SIGINT:
        assert started.returncode == 130
        assert b"1 batch out, and the host goes on. Go on with: evalkit batch run" in told
    for command in (("batch", "write"), ("run",)):
        refused = cli(*command, suite_file)
        assert (refused.code, "1 batch of run 'small' is out" in refused.err) == (2, True)
    assert json.loads(cli("batch", "status", suite_file, "--json").out)[0]["read"] is False
    assert cli("batch", "run", suite_file, "--every", 0.1).code == 0
    assert (made(server), bought(server)) == (1, 16)


def _list(folder):
    path = folder / "runs.sqlite.batches" / "batches.json"
    return path.read_text() if path.exists() else ""


def test_commands_of_one_verb_and_of_several_stand_in_one_order(cli):
    """Alphabetical, in the list of all."""
    shown = [line.split()[0] for line in cli("--help").out.splitlines() if re.match(r"  [a-z]", line)]
    names = [name for name in shown if name in registry.names("commands")]
    assert names == sorted(registry.names("commands"))


def test_mistakes_are_one_line(cli, suite_file, folder):
    """No store, no file, no run of that label, an unknown batch, a suite of another backend."""
    spoken = cli("batch", "read", "none.jsonl")
    assert (spoken.code, (folder / "runs.sqlite").exists()) == (4, False)
    assert cli("batch", "write", suite_file).code == 0
    assert cli("batch", "read", "none.jsonl").code == 4
    assert cli("batch", "read", suite_file, "--label", "other").code == 4
    spoken = cli("batch", "run", suite_file, "--forget", "b")
    assert (spoken.code, "no batch 'b' of run 'small' is out" in spoken.err) == (2, True)
    suite_file.write_text(suite_file.read_text().replace(ADDRESS, "backend: replay, base_url: x@y"))
    assert cli("batch", "write", suite_file, "--label", "b").code == 2
    (folder / "odd.jsonl").write_text('{"custom_id": "\\u001b[31m"}\n')
    spoken = cli("batch", "read", "odd.jsonl")
    assert (spoken.code, "\x1b" in spoken.err) == (3, False)
