"""Money: what is sent, what is not, and what it came to."""

import os
import signal

import pytest

from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server

LOOK = "assert len(evalkit.samples('keeper', 1)) == 6"


def test_a_real_endpoint_is_never_asked_by_surprise(sessions, real):
    """Missing answers skip the test, with their number, the command that buys them and the number of requests."""
    sessions.test(LOOK)
    result = sessions.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["*24 answers are not recorded in .evalkit.sqlite; buy with: *test_it*--evalkit-run*(24 requests to *"]
    )
    assert len(real.journal) == 0


def test_an_address_in_the_environment_is_a_real_endpoint(sessions, real, monkeypatch):
    """It stands in for the embedded endpoint, which nobody pays, and so needs leave."""
    monkeypatch.setenv("OPENAI_BASE_URL", real.url)
    sessions.suite(address="loopback")
    sessions.test(LOOK, marker="suite='small.yaml', model='storyteller-small'")
    sessions.run().assert_outcomes(skipped=1)
    assert len(real.journal) == 0
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == 24


def test_what_is_recorded_is_replayed(sessions, real):
    """The second session needs no leave, sends nothing, and says where the answers came from."""
    sessions.test(LOOK)
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == 24
    result = sessions.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*24 from the store, 0 drawn with 0 requests"])
    assert len(real.journal) == 24


def test_the_embedded_endpoint_needs_no_leave_and_costs_nothing(sessions):
    """It is drawn from by itself, which is said."""
    sessions.test(LOOK)
    result = sessions.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*24 drawn with 24 requests; * tokens, at no cost"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--evalkit-max-requests=30"], "48 requests are missing, and --evalkit-max-requests allows 30"),
        (
            ["--evalkit-max-cost=0.000001", "--evalkit-price=1/2"],
            "48 requests might cost up to 0.0*, and *allows 1e-06",
        ),
        (["--evalkit-max-cost=5"], "--evalkit-max-cost needs a price"),
    ],
)
def test_too_much_is_refused_before_anything_is_sent(sessions, real, options, words):
    """Tests whose answers are recorded run all the same."""
    sessions.test(LOOK)
    sessions.run("--evalkit-run")
    n = len(real.journal)
    sessions.tests(
        "@pytest.mark.parametrize('model', ['storyteller-small', 'x', 'y'])\n"
        f"def test_it(evalkit, model):\n    {LOOK}\n"
    )
    result = sessions.run("--evalkit-run", *options)
    assert result.parseoutcomes()["passed"] == 1
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"*{words}*nothing was sent*"])
    assert len(real.journal) == n


def test_what_is_within_the_limits_is_bought(sessions, real):
    """As many requests as are allowed may be sent, and a price makes a cost."""
    sessions.test(LOOK)
    result = sessions.run("--evalkit-run", "--evalkit-max-requests=24", "--evalkit-max-cost=1", "--evalkit-price=10/20")
    result.assert_outcomes(passed=1)
    (line,) = [each for each in result.outlines if "24 drawn" in each]
    asked, given = (int(word.replace(",", "")) for word in line.split("; ")[1].split(" tokens")[0].split(" + "))
    assert line.endswith(f"{(asked * 10 + given * 20) / 1e6:.4f} USD")
    assert len(real.journal) == 24


def test_a_price_that_nobody_told_is_unknown_and_not_nothing(sessions, real):
    """A cost of 0 would be a lie."""
    sessions.test(LOOK)
    result = sessions.run("--evalkit-run")
    result.stdout.fnmatch_lines(["*24 drawn with 24 requests; * tokens, cost unknown: no --evalkit-price"])
    assert len(real.journal) == 24


def test_tokens_that_nobody_told_are_unknown_and_not_none(sessions, scripted):
    """Where some answers come without their tokens, the sum is at least that of the others."""
    whole = scripted.reply

    def reply(body):
        answer = whole(body)
        return answer if len(scripted.asked) % 2 else answer | {"usage": None}

    scripted.reply = reply
    sessions.test(LOOK)
    result = sessions.run("--evalkit-run", "--evalkit-price=10/20")
    result.stdout.fnmatch_lines(["*24 drawn with 24 requests; at least 120 + 60 tokens, 0.0024 USD"])


def test_an_endpoint_that_is_not_there_is_an_error_of_the_tests_that_need_it(sessions):
    """Tests of other endpoints have their answers, and no test is skipped as if it had not been asked for."""
    sessions.suite("gone", address="http://127.0.0.1:9/v1", samples=2)
    sessions.tests("def test_here(evalkit):\n    evalkit.samples('keeper', 1)\n")
    sessions.tests(
        "def test_gone(evalkit):\n    evalkit.samples('keeper', 1)\n", name="test_gone", marker="suite='gone.yaml'"
    )
    result = sessions.run("--evalkit-run")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1
    assert outcomes.get("errors", 0) + outcomes.get("failed", 0) == 1
    result.stdout.fnmatch_lines(["*127.0.0.1:9*"])


def test_a_limit_of_requests_counts_what_is_sent_again(sessions):
    """Two of six requests fail and are sent again, which leaves two draws without an answer, and none beyond."""
    with Server(seed=1, faults=Faults(script=["status:503", "status:503"])) as server:
        sessions.suite(address=server.url, samples=3, temperatures="[1]")
        sessions.test("evalkit.suite")
        result = sessions.run("--evalkit-run", "--evalkit-max-requests=6")
        assert len(server.journal) == 6
    assert "passed" not in result.parseoutcomes()


def test_a_draw_that_gives_no_answer_is_counted_apart(sessions):
    """A test sees as many answers as there were, and how many there were not."""
    with Server(seed=1, faults=Faults(script=["no-choices"] * 40)) as server:
        sessions.suite(address=server.url, samples=3, temperatures="[1]")
        sessions.test("cell = evalkit.cell('keeper')", "assert (len(cell.samples), cell.n_failures) == (0, 3)")
        sessions.run("--evalkit-run").assert_outcomes(passed=1)
        n = len(server.journal)
        sessions.run().assert_outcomes(passed=1)
        assert len(server.journal) == n


def test_who_interrupts_a_purchase_loses_no_answer_that_was_asked_for(sessions, scripted):
    """What is in flight is finished and kept, nothing more is sent, and the next session buys the rest."""

    def answer(_question, _temperature, _n):
        if len(scripted.asked) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return "An answer."

    scripted.answer = answer
    sessions.test(LOOK)
    with pytest.raises(KeyboardInterrupt):
        sessions.run("--evalkit-run")
    n = len(scripted.asked)
    assert 5 <= n < 24
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    sessions.keeper.restore()
    result = sessions.run("--evalkit-run")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"24 answers wanted: {n} from the store, {24 - n} drawn with {24 - n} requests*"])
    assert len(scripted.asked) == 24
