"""Temperatures that an endpoint refuses, as tests meet them."""

from collections import Counter
from collections.abc import Iterator

import pytest

from evalkit.loopback.server import Server


@pytest.fixture
def picky(sessions) -> Iterator[Server]:
    """Yield a server that takes temperature 1 only, named by the small suite."""
    with Server(seed=1, habits=("refused",)) as server:
        sessions.suite(address=server.url, temperatures="[0, 0.5, 1]")
        yield server


def test_tests_elsewhere_go_on_and_a_test_there_says_why(sessions, picky):
    """One request for each refused temperature in all sessions; a claim about it is open, in the server's words."""
    sessions.tests(
        "def test_taken(evalkit):\n    assert len(evalkit.samples('keeper', 1)) == 6\n"
        "def test_refused(evalkit):\n    assert evalkit.cell('keeper', 0)['exact_agreement'] > 0.1\n"
    )
    first = sessions.run("--evalkit-run", "--evalkit-preflight=off")
    first.assert_outcomes(passed=1, failed=1)
    first.stdout.fnmatch_lines(["*the endpoint refuses this temperature*"])
    first.stdout.fnmatch_lines(
        ["*no answer of keeper at T = 0: the endpoint refuses this temperature: *does not support*"]
    )
    first.stdout.fnmatch_lines(["36 answers wanted: 0 from the store, 12 drawn with 14 requests, 24 at temperatures*"])
    first.stdout.fnmatch_lines(["caution, temperature-unsupported: The endpoint refuses T = 0, 0.5: *not support*"])
    assert Counter(each.fields["temperature"] for each in picky.journal) == {0.0: 1, 0.5: 1, 1.0: 12}
    sessions.run("--evalkit-run", "--evalkit-preflight=off").assert_outcomes(passed=1, failed=1)
    assert len(picky.journal) == 14


def test_a_suite_without_temperature_goes_with_tests(sessions, picky):
    """What is asked without a temperature is tested like any cell, and the summary says what T = 1 stands for."""
    sessions.suite(address=picky.url, temperatures="none")
    sessions.tests("def test_bare(evalkit):\n    assert len(evalkit.samples('keeper')) == 6\n")
    session = sessions.run("--evalkit-run", "--evalkit-preflight=off")
    session.assert_outcomes(passed=1)
    session.stdout.fnmatch_lines(["caution, temperature-not-sent: *model's own setting*"])
    assert all("temperature" not in each.fields for each in picky.journal)


def test_a_parameter_is_sent_whatever_the_suite_says(sessions, picky):
    """A test that names a temperature itself asks at it, in a run of its own."""
    sessions.suite(address=picky.url, temperatures="none")
    sessions.tests(
        "@pytest.mark.parametrize('temperature', [1.0])\n"
        "def test_sent(evalkit, temperature):\n    assert len(evalkit.samples('keeper')) == 6\n"
    )
    sessions.run("--evalkit-run", "--evalkit-preflight=off").assert_outcomes(passed=1)
    assert {each.fields["temperature"] for each in picky.journal} == {1.0}
