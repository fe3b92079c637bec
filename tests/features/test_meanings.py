"""Classes of meaning."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import StatisticsError, UnknownNameError, UsageError
from evalkit.features.meanings import EQUIVALENCES, meanings
from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Message, Prompt, Sample
from evalkit.nouns.ports import Tools

HOSTILE = [
    "",
    " \n",
    "\ud800 a",
    "\x00\x1b[2J",
    "\u202eabc",
    "日本語",
    "é",
    "e\u0301",
    "word " * 5000,
    "...",
    "مرحبا",
    "🎉",
]


def cell_of(texts, temperature=1.0):
    """Return a cell that holds these texts."""
    prompt = Prompt(id="p", messages=(Message(role="user", content="Capital of France?"),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=temperature))
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=n), text=text) for n, text in enumerate(texts))
    return CellOutcomes(cell=cell, samples=samples)


def classes(texts, tools=None, **options):
    """Return the classes of one cell, as a list."""
    return list(meanings([cell_of(texts)], tools or Tools(judge=FirstLetters()), **options)[0])


class FirstLetters:
    """Calls texts the same that begin alike; counts what it is asked."""

    name = "first letters"

    def __init__(self):
        """Begin with nothing asked."""
        self.asked = []

    def same(self, question, a, b):
        """Return whether both begin with the same letter."""
        self.asked.append((question, a, b))
        return a.strip().lower()[:1] == b.strip().lower()[:1]


class OneWay(FirstLetters):
    """Says yes in one direction only."""

    def same(self, question, a, b):  # noqa: ARG002 - the protocol's signature
        """Return whether the first text comes first in the alphabet."""
        return a < b


@pytest.mark.parametrize(
    ("equivalence", "expected"),
    [
        ("raw", [0, 1, 4, 2, 3]),
        ("nfc_strip", [0, 0, 3, 1, 2]),
        ("whitespace", [0, 0, 3, 1, 2]),
        ("loose", [0, 0, 0, 1, 2]),
        ("punctuation", [0, 0, 0, 0, 1]),
        ("lexical", [0, 0, 0, 0, 1]),
        ("embedding", [0, 0, 0, 1, 2]),
        ("judge", [0, 0, 0, 0, 0]),
    ],
)
def test_each_equivalence(equivalence, expected):
    """From equal bytes to a judge, ever more texts say the same."""
    assert classes(["Paris", "Paris ", "paris", "Paris.", "Pau"], equivalence=equivalence) == expected


@pytest.mark.parametrize("equivalence", EQUIVALENCES)
def test_empty_texts_are_a_class_of_their_own(equivalence):
    """A text without a visible character is like no other, not even mere punctuation."""
    found = classes(["", "...", "a", ""], equivalence=equivalence)

    assert found[0] == found[3]
    assert found[0] not in {found[1], found[2]}


@pytest.mark.parametrize("equivalence", EQUIVALENCES)
def test_hostile_texts(equivalence):
    """Whatever the texts hold, each gets a class, numbered without gaps."""
    found = classes(HOSTILE, equivalence=equivalence)

    assert sorted(set(found)) == list(range(max(found) + 1))


@settings(max_examples=80, deadline=None)
@given(
    texts=st.lists(st.sampled_from(["a b", "a c", "b c", "A b", "a b c d", "d e", "", "4 e", "5 e"]), max_size=9),
    data=st.data(),
    equivalence=st.sampled_from(EQUIVALENCES),
)
def test_order_of_samples_decides_nothing(texts, data, equivalence):
    """Each sample keeps its class, number and all, however the cell is shuffled; ties are decided by the texts."""
    order = data.draw(st.permutations(range(len(texts))))
    plain = classes(texts, equivalence=equivalence, threshold=None)

    assert classes([texts[place] for place in order], equivalence=equivalence) == [plain[place] for place in order]


def test_threshold_decides_how_much_is_joined():
    """At 0 only texts of the same words are one, at 1 all that is not empty."""
    texts = ["a b", "b a", "a c", "d e", ""]

    assert classes(texts, equivalence="lexical", threshold=0.0) == [1, 1, 2, 3, 0]
    assert classes(texts, equivalence="lexical", threshold=1.0) == [1, 1, 1, 1, 0]


def test_judge_is_asked_once_for_each_pair_of_different_texts():
    """Both ways where the first is a yes; not again in another cell; never about what is loosely equal or empty."""
    judge = FirstLetters()
    cells = [cell_of(["b", "a", "A ", "ab", ""]), cell_of(["ab", "b", "a"], temperature=2.0)]
    found = meanings(cells, Tools(judge=judge), equivalence="judge")

    assert [list(labels) for labels in found] == [[2, 1, 1, 1, 0], [0, 1, 0]]
    pairs = [(a, b) for _, a, b in judge.asked]
    assert len(pairs) == len(set(pairs)) == 4
    assert {question for question, _, _ in judge.asked} == {"Capital of France?"}


def test_judge_must_agree_both_ways():
    """A text that follows from another says not yet the same."""
    assert classes(["a", "b"], Tools(judge=OneWay()), equivalence="judge") == [0, 1]


def test_a_judge_is_not_asked_about_thousands_of_pairs():
    """A question with a bill of its own is refused before the first one is asked, with the way on."""
    judge = FirstLetters()
    with pytest.raises(StatisticsError, match="more than 5,000") as caught:
        classes([f"answer {number}" for number in range(102)], Tools(judge=judge), equivalence="judge")
    assert "lexical" in caught.value.hint
    assert judge.asked == []


def test_judge_missing():
    """Without a judge the error says how to bring one."""
    with pytest.raises(StatisticsError, match="needs a judge"):
        classes(["a"], Tools(), equivalence="judge")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"equivalence": "lexicl"}, UnknownNameError, "did you mean 'lexical'"),
        ({"equivalence": "loose", "threshold": 0.5}, UsageError, "has no threshold"),
        ({"equivalence": "lexical", "threshold": 1.5}, UsageError, "not between 0 and 1"),
    ],
)
def test_wrong_options(options, error, message):
    """A misspelt equivalence and a threshold that means nothing are refused."""
    with pytest.raises(error, match=message):
        classes(["a"], **options)


def test_empty_cell():
    """A cell without samples has no classes."""
    assert all(len(meanings([cell_of([])], Tools(judge=FirstLetters()), equivalence=e)[0]) == 0 for e in EQUIVALENCES)


def test_linkage_is_average_not_greedy():
    """A text half-way between two others joins one of them, and does not drag the other along."""
    found = classes(["a b c d", "c d e f g", "e f g h"], equivalence="lexical", threshold=0.75)

    assert len(set(found)) == 2
    assert np.bincount(found).max() == 2


def test_very_many_different_answers_are_not_linked():
    """Every two of them would be compared; the error says what to do instead."""
    with pytest.raises(StatisticsError, match="up to 5,000 different answers to a prompt, and there are 5,001"):
        meanings([cell_of([str(k) for k in range(5_001)])], Tools(), equivalence="lexical")
