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
    """Verdicts and values are the same, one allowance is enough for both, and there is one store and one page."""
    scripted.answer = lambda _question, temperature, n: f"story {n}" if temperature else "Paris"
    sessions.suite(address=scripted.url, samples=12)
    sessions.tests("".join(f"def test_{n}(evalkit):\n    assert {line}\n" for n, line in enumerate(LINES)))
    both = {}
    for n in ("2", "0"):
        before = len(scripted.asked)
        run = sessions.run_apart if n == "2" else sessions.run
        files = (f"--evalkit-store={n}.sqlite", f"--evalkit-report=page{n}.md", "--junitxml=j.xml")
        buying = ("--evalkit-run", "--evalkit-fresh", "--evalkit-max-requests=48")
        result = run("-p", "xdist", "-n", n, *buying, *files)
        result.assert_outcomes(passed=2, failed=2)
        assert len(scripted.asked) - before == 48
        result.stdout.fnmatch_lines(["48 answers *: 0 from the store, 48 drawn with 48 requests; 480 + 240 tokens*"])
        assert (sessions.path / f"page{n}.md").exists()
        assert (sessions.path / "j.xml").read_text(encoding="utf-8").count("<property ") == 4
        both[n] = rows(result)
    assert {path.name for path in sessions.path.rglob("*.sqlite")} == {"0.sqlite", "2.sqlite"}
    assert len(both["0"]) == 4
    assert both["2"] == both["0"]
