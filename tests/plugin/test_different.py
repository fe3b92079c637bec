"""What a failed assertion shows of answers, which are hostile until shown otherwise."""

import pytest

from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import Draw, Sample, cells
from evalkit.testing.different import pair

HOSTILE = {
    "colours": "\x1b[2J\x1b[31mred\x1b[0m and \x9b2Jmore",
    "direction": "ab\u202edesrever\u202c cd\u2066ef\u2069",
    "nothing": "zero\u200bwidth\u2060and\ufeffmark",
    "lines": "one\r\nFAKE PASSED [100%]\x07\x08\x08",
    "title": "\x1b]0;owned\x07 text",
    "surrogate": "half \ud83d of a pair",
}
UNSEEN = ("\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\u2060", "\ufeff", "\x07", "\x08", "\ud83d")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_answers_never_reach_a_terminal_or_a_file_as_they_are(sessions, scripted, text):
    """Escapes, marks of direction, and letters without width are shown as what they are, wherever they are shown."""
    scripted.answer = lambda _question, _temperature, n: f"{text} {n}"
    sessions.suite(address=scripted.url, samples=3, temperatures="[1]")
    sessions.tests(
        "def test_a(evalkit):\n    assert evalkit.cell('keeper')['exact_agreement'] > 0.9\n"
        "def test_b(evalkit):\n    assert evalkit.cell('keeper').deterministic()\n"
        "def test_c(evalkit):\n    assert evalkit.cell('keeper').valid_share(pattern='never')\n"
    )
    result = sessions.run("--evalkit-run", "--junitxml=j.xml")
    result.assert_outcomes(failed=3)
    shown = "\n".join([*result.outlines, *result.errlines, (sessions.path / "j.xml").read_text(encoding="utf-8")])
    assert [mark for mark in UNSEEN if mark in shown] == []
    assert "FAKE PASSED [100%]" not in result.outlines


def test_a_huge_answer_is_cut(sessions, scripted):
    """A failure stays readable, whatever a model says."""
    scripted.answer = lambda _question, _temperature, n: f"{n}" + "x" * 200_000 + " y" * 50_000
    sessions.suite(address=scripted.url, samples=3, temperatures="[1]")
    sessions.tests(
        "def test_a(evalkit):\n    assert evalkit.cell('keeper')['exact_agreement'] > 0.9\n"
        "def test_b(evalkit):\n    assert evalkit.cell('keeper').valid_share(pattern='never')\n"
    )
    result = sessions.run("--evalkit-run")
    result.assert_outcomes(failed=2)
    assert max(map(len, result.outlines)) < 500
    assert sum(map(len, result.outlines)) < 10_000


def test_a_cell_without_answers_says_why(sessions):
    """An endpoint may refuse a temperature: how many draws failed, and what it said, stands in the message."""
    with Server(seed=1, faults=Faults(script=["no-choices"] * 90)) as server:
        sessions.suite(address=server.url, samples=3, temperatures="[1]")
        sessions.test("assert evalkit.cell('keeper')['exact_agreement'] > 0.1")
        result = sessions.run("--evalkit-run")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *there is no answer of keeper at T = 1: 3 draws failed, the last one: *choices*"])


@pytest.fixture
def two(suite_of):
    """Return a maker of two samples of a cell."""

    def make(*texts):
        (cell,) = cells(suite_of(temperatures=(1.0,)))
        return [Sample(draw=Draw(cell=cell, replicate=n), text=text) for n, text in enumerate(texts)]

    return make


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (("a b c", "a x c"), ["  first difference at word 2:", "    draw 0  a [b] c", "    draw 1  a [x] c"]),
        (("a b", "a b c"), ["  first difference at word 3:", "    draw 0  a b [the end]", "    draw 1  a b [c]"]),
        (("", "a"), ["  first difference at word 1:", "    draw 0  [the end]", "    draw 1  [a]"]),
        (("a  b", "a\tb"), ["  they differ in white space only:", "    a  b", r"    a\tb"]),
    ],
)
def test_two_answers_are_shown_where_they_part(two, texts, lines):
    """The first word that differs stands in brackets; of what only white space tells apart, that is shown."""
    assert pair(*two(*texts)) == lines


def test_of_long_answers_only_the_words_around_the_difference_are_shown(two):
    """What comes before and after is cut, which is said."""
    head, tail = "a " * 100, " z" * 100
    _, first, _ = pair(*two(f"{head}b{tail}", f"{head}c{tail}"))
    assert first == "    draw 0  ... a a a a a a [b] z z z z z z z z z z ..."
