"""Purchases of tests ask a real endpoint about itself first, and what is found reaches messages and summary."""

import pytest

from evalkit.loopback.server import Server

WEAK = "assert evalkit.cell('keeper', 1)['exact_agreement'] > 0.9"
CALM = "assert len(evalkit.samples('keeper', 1)) == 6"


def test_what_is_found_stands_in_message_and_summary(sessions):
    """A claim that fails at an endpoint that ignores the temperature says so, and so does the end of the session."""
    with Server(seed=1, habits=("ignored",)) as server:
        sessions.suite(address=server.url)
        sessions.test(WEAK)
        result = sessions.run("--evalkit-run", "--evalkit-preflight=on")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*preflight: * short requests*", "*temperature ignored*"])
    result.stdout.fnmatch_lines(
        ["*endpoint: temperature-ignored: Temperatures 0 and 1 give answers*", "*page: evalkit*"]
    )
    result.stdout.fnmatch_lines(["caution, temperature-ignored: *(small-*"])


def test_a_small_purchase_is_not_worth_it(sessions, real):
    """Without a word only a purchase of ten times the preflight has one; with `off` none has."""
    sessions.test(CALM)
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == 24
    sessions.run("--evalkit-run", "--evalkit-fresh", "--evalkit-preflight=off").assert_outcomes(passed=1)
    assert len(real.journal) == 48


def test_it_is_counted_and_never_exceeds_the_budget(sessions, real):
    """Its requests are part of what the session sent; where they would go beyond the limit they are left out."""
    sessions.test(CALM)
    result = sessions.run("--evalkit-run", "--evalkit-preflight=on", "--evalkit-max-requests=30")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*preflight: left out, for it takes * requests and * are left*"])
    assert len(real.journal) == 24
    result = sessions.run("--evalkit-run", "--evalkit-fresh", "--evalkit-preflight=on", "--evalkit-max-requests=60")
    result.assert_outcomes(passed=1)
    n_sent = len(real.journal) - 24
    assert 24 < n_sent <= 60
    result.stdout.fnmatch_lines([f"*drawn with {n_sent} requests*"])


@pytest.mark.usefixtures("real")
def test_what_log_probabilities_mean_reaches_assertions(sessions):
    """A metric that reads them is undefined until somebody has asked what they are of, and then has its value."""
    path = sessions.path / "small.yaml"
    told = path.read_text(encoding="utf-8").replace("24}", "24, extra: {logprobs: true, top_logprobs: 20}}")
    path.write_text(told, encoding="utf-8")
    sessions.test("assert evalkit.cell('keeper', 1)['token_entropy'] > 0.01")
    result = sessions.run("--evalkit-run", "--evalkit-preflight=off")
    assert not result.parseoutcomes().get("passed")
    result.stdout.fnmatch_lines(["*nobody asked the endpoint of which distribution*"])
    sessions.run("--evalkit-run", "--evalkit-fresh", "--evalkit-preflight=on").assert_outcomes(passed=1)
