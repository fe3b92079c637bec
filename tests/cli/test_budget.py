"""Budgets on the command line, against a real server."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from evalkit.loopback.server import Server

PRICES = "models: {storyteller-*: {input: 1.0, output: 2.0}}"


@pytest.fixture
def server(suite_file):
    """Yield a server that is named by the small suite: 16 draws, ten in flight."""
    with Server(seed=1, latency_s=0.05) as up:
        text = suite_file.read_text().replace("base_url: loopback", f'base_url: "{up.url}"')
        suite_file.write_text(f"concurrency: 10\n{text}")
        yield up


@pytest.fixture
def prices(folder):
    """Return a file of prices."""
    path = folder / "prices.yaml"
    path.write_text(PRICES)
    return path


def test_the_plan_is_shown_first_and_the_run_stops_at_the_limit(cli, suite_file, server):
    """Twice the same command is one purchase; what there is is shown; the number that is named is enough."""
    for _ in range(2):
        spoken = cli("run", suite_file, "--max-requests", 5)
        assert spoken.code == 3
        assert len(server.journal) == 5
        assert "exact_agreement" in spoken.out
        lines = spoken.err.splitlines()
        assert lines[0].startswith("plan: ")
        assert "5 of 5 requests are sent; 11 of 16 draws are open (--max-requests 16 is enough" in lines[-1]
        assert not [line for line in lines if line.startswith("incomplete")]
    assert cli("run", suite_file, "--max-requests", 16).code == 0
    assert len(server.journal) == 16


def test_nothing_to_show_is_one_line(cli, suite_file, server):
    """A budget of none sends nothing and shows nothing."""
    spoken = cli("run", suite_file, "--max-requests", 0)
    assert (spoken.code, spoken.out, len(server.journal)) == (3, "", 0)
    assert "evalkit: the budget is used up: 0 of 0 requests are sent; 16 of 16 draws are open" in spoken.err


def test_tokens_and_cost_have_limits(cli, suite_file, server, prices):
    """Each stops a run by itself, and one that is large enough stops nothing and says what was spent."""
    assert cli("run", suite_file, "--max-tokens", 300).code == 3
    first = len(server.journal)
    assert 0 < first < 16
    spoken = cli("run", suite_file, "--max-cost", 0.0008, "--prices", prices)
    assert spoken.code == 3
    assert "USD are spent" in spoken.err
    assert first < len(server.journal) < 16
    spoken = cli("run", suite_file, "--max-cost", 1, "--prices", prices)
    assert spoken.code == 0
    assert "; enough for all of it" in spoken.err
    assert "spent on run 'small': 16 requests, " in spoken.err


def test_a_cost_without_a_price_is_refused(cli, suite_file, server, monkeypatch, prices):
    """Nothing is sent, the model and the way on are named; a variable may name the file."""
    spoken = cli("run", suite_file, "--max-cost", 1)
    assert (spoken.code, len(server.journal)) == (2, 0)
    assert "the price of 'storyteller-small' is unknown: nothing was sent (give its price" in spoken.err
    prices.write_text("models: {storyteller-small: {input: cheap, output: 2}}")
    monkeypatch.setenv("EVALKIT_PRICES", str(prices))
    spoken = cli("run", suite_file, "--max-cost", 1)
    assert (spoken.code, len(server.journal)) == (2, 0)
    assert "prices.yaml:1:37: models.storyteller-small.input: 'cheap', expected a finite number" in spoken.err
    assert "(EVALKIT_PRICES names this file)" in spoken.err
    prices.write_text(PRICES)
    assert cli("run", suite_file, "--max-cost", 1).code == 0


@pytest.mark.parametrize("words", [("--max-cost", "nan"), ("--max-cost", "-1"), ("--max-requests", "-1")])
def test_what_is_no_amount_is_refused(cli, suite_file, words):
    """A limit is a finite number, 0 or more."""
    assert cli("run", suite_file, *words).code == 2


def test_a_plan_says_what_it_may_cost_and_sends_nothing(cli, suite_file, server, prices):
    """The range of the cost follows that of the tokens; without prices it is unknown, in JSON null."""
    seen = json.loads(cli("plan", suite_file, "--prices", prices, "--json").out)
    assert seen["cost_low"] == pytest.approx(seen["prompt_tokens_low"] * 1e-6)
    most = seen["prompt_tokens_high"] * 1e-6 + seen["completion_tokens_high"] * 2e-6
    assert (seen["cost_high"], seen["currency"]) == (pytest.approx(most), "USD")
    assert json.loads(cli("plan", suite_file, "--json").out)["cost_high"] is None
    assert "cost      unknown: no price of storyteller-small is known" in cli("plan", suite_file).out
    assert (
        "not enough for all of it: the run stops there, and goes on with --max-requests 16"
        in cli("plan", suite_file, "--max-requests", 9).out
    )
    assert len(server.journal) == 0


def test_show_tells_what_was_spent(cli, suite_file, server, prices):
    """Requests, tokens and cost of each run, as counted and at most; of an unknown price the cost is unknown."""
    cli("run", suite_file, "--max-requests", 5)
    (row,) = json.loads(cli("show", "runs.sqlite", "--prices", prices, "--json").out)
    assert row["requests"] == len(server.journal) == 5
    assert row["tokens"] == row["tokens_at_most"] > 0
    assert 0 < row["cost"] == row["cost_at_most"] < row["tokens"] * 2e-6
    assert json.loads(cli("show", "runs.sqlite", "--spent", "--json").out)[0]["cost"] is None
    assert "unknown" in cli("show", "runs.sqlite", "--spent").out
    assert "requests" not in cli("show", "runs.sqlite").out


def test_a_sweep_has_the_same_limits(cli):
    """The limit of one answer is another option."""
    words = ("sweep", "Tell a two-sentence story about a dragon.", "-t", "0,1", "-n", 3, "--answer-tokens", 20)
    assert cli(*words, "--max-requests", 4).code == 3
    assert cli(*words, "--max-tokens", 1000).code == 0


def test_a_kill_costs_at_most_what_was_in_flight(cli, suite_file, server):
    """What a killed process had kept counts; only requests that nobody could write down do not."""
    suite_file.write_text(suite_file.read_text().replace("samples: 4", "samples: 40"))
    words = ("run", suite_file.name, "--max-requests", "60", "--no-preflight")
    process = subprocess.Popen([sys.executable, "-m", "evalkit", *words], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(server.journal) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = json.loads(cli("show", "runs.sqlite", "--json").out)[0]["samples"]
    assert cli(*words).code == 3
    time.sleep(0.2)
    assert 60 <= len(server.journal) <= 60 + 10
    assert json.loads(cli("show", "runs.sqlite", "--json").out)[0]["samples"] == 60 > kept > 0
