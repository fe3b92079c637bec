"""Words and n-grams."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UsageError
from evalkit.text.words import ngrams, plain_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat's 3.5 mats!", ["the", "cat", "'", "s", "3", ".", "5", "mats", "!"]),
        ("x_1  \n\ty", ["x_1", "y"]),
        ("今天ABC。", ["今", "天", "abc", "。"]),
        ("สวย", ["ส", "ว", "ย"]),
        ("안녕 Ünï", ["안녕", "ünï"]),
        ("\ud800a", ["\ud800", "a"]),
        ("", []),
    ],
)
def test_words_are_frozen(text, expected):
    """Runs of letters and digits, marks by themselves, characters of unspaced scripts by themselves."""
    assert words(text) == expected


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=None)))
def test_words_lose_nothing_but_white_space(text):
    """Written together, the words are the lower-cased text without white space."""
    assert "".join(words(text)) == "".join(text.lower().split())


def test_plain_words_are_what_stands_between_white_space():
    """Case and punctuation stay."""
    assert plain_words(" The cat's\n3.5 ") == ["The", "cat's", "3.5"]


@pytest.mark.parametrize(
    ("n", "expected"), [(1, [("a",), ("b",), ("c",)]), (2, [("a", "b"), ("b", "c")]), (3, [("a", "b", "c")]), (4, [])]
)
def test_ngrams_are_neighbours_in_order(n, expected):
    """Each run of n words is there once for each place it stands at."""
    assert ngrams(["a", "b", "c"], n) == expected


def test_ngrams_of_no_words_do_not_exist():
    """Runs of no words are an error."""
    with pytest.raises(UsageError, match="1 or more"):
        ngrams(["a"], 0)
