"""Several processes: the same verdicts, the same requests, one store."""

import re

import pytest

pytest.importorskip("xdist")

LINES = (
    "evalkit.cell('keeper', 0)['exact_agreement'] > 0.5",
    "evalkit.cell('france', 0)['exact_agreement'] > 0.99",
    "evalkit.cell('keeper', 1)['exact_agreement'] > 0.9",
    "evalkit.cell('keeper', 0)['exact_agreement'] > evalkit.cell('keeper', 1)['exact_agreement']",
)


def rows(result):
    """Return the rows of the summary's table, in the order of tests."""
    return sorted(line for line in result.outlines if re.match(r"test_it.py::test_\d ", line))


def test_two_processes_find_what_one_finds(sessions, scripted):
    """Verdicts and values are the same, each answer is bought once, and there is one store, one report, one cost."""
    scripted.answer = lambda _question, temperature, n: f"story {n}" if temperature else "Paris"
    sessions.suite(address=scripted.url, samples=12)
    sessions.tests("".join(f"def test_{n}(evalkit):\n    assert {line}\n" for n, line in enumerate(LINES)))
    both = {}
    for n in ("2", "0"):
        before = len(scripted.asked)
        run = sessions.run_apart if n == "2" else sessions.run
        result = run(
            "-p",
            "xdist",
            "-n",
            n,
            "--evalkit-run",
            f"--evalkit-store={n}.sqlite",
            f"--evalkit-report=page{n}.md",
            "--junitxml=j.xml",
        )
        result.assert_outcomes(passed=2, failed=2)
        assert len(scripted.asked) - before == 48
        result.stdout.fnmatch_lines(["48 answers *: 0 from the store, 48 drawn with 48 requests; 480 + 240 tokens*"])
        assert (sessions.path / f"page{n}.md").exists()
        assert (sessions.path / "j.xml").read_text(encoding="utf-8").count("<property ") == 4
        both[n] = rows(result)
    assert {path.name for path in sessions.path.rglob("*.sqlite")} == {"0.sqlite", "2.sqlite"}
    assert len(both["0"]) == 4
    assert both["2"] == both["0"]


def test_fresh_answers_and_a_limit_are_those_of_the_session(sessions, real):
    """Two processes draw one new set of answers, for which one allowance is enough."""
    sessions.suite(address=real.url, samples=3)
    sessions.tests(
        "".join(f"def test_{n}(evalkit):\n    assert evalkit.samples('keeper', {n % 2})\n" for n in range(4))
    )
    sessions.run("--evalkit-run").assert_outcomes(passed=4)
    assert len(real.journal) == 12
    result = sessions.run_apart(
        "-p", "xdist", "-n", "2", "--evalkit-run", "--evalkit-fresh", "--evalkit-max-requests=12"
    )
    result.assert_outcomes(passed=4)
    assert len(real.journal) == 24
