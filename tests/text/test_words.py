"""Words and n-grams."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError, UsageError
from evalkit.text.words import (
    TOKENIZERS,
    UNSPACED,
    Pieces,
    counted_words,
    different_ngrams,
    ngrams,
    plain_words,
    tokens,
    words,
)


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


PARTS = st.text(alphabet=st.characters(categories=None) | st.sampled_from("aΣσ.'İ3今ส \x1c\n\u2028\u00a0")) | st.just(
    "w" * 70
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PARTS, max_size=6).map(" ".join))
def test_a_text_is_cut_as_a_whole_though_its_pieces_are_remembered(text):
    """Whatever the script, white space and capital letters, the words are those of one pass of the definition."""
    word = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
    assert words(text) == word.findall(text.lower())
    assert list(tokens(text)) == word.findall(text)
    assert counted_words(text) == re.sub(rf"([{UNSPACED}])", r" \1 ", text).split()


def test_few_pieces_are_kept():
    """Texts without end do not fill the memory."""
    cut = Pieces(list)
    for number in range(70_000):
        assert cut[str(number)] == [*str(number)]
    assert len(cut) <= 65_536
    assert cut["w" * 100_000]
    assert max(map(len, cut)) <= 64


def test_counted_words_are_characters_where_there_are_no_blanks():
    """White space parts words, and so does each character of a script without it; case and punctuation stay."""
    assert counted_words("The cat's 猫坐在。 iPhone手机") == ["The", "cat's", *"猫坐在。", "iPhone", "手", "机"]


def test_plain_words_are_what_stands_between_white_space():
    """Case and punctuation stay."""
    assert plain_words(" The cat's\n3.5 ") == ["The", "cat's", "3.5"]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 14))
def test_different_ngrams_are_counted(text, n):
    """The different ones, and all."""
    assert different_ngrams(text, n) == (len(set(ngrams(text, n))), len(ngrams(text, n)))


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, [("a",), ("b",), ("c",)]),
        (2, [("a", "b"), ("b", "c")]),
        (3, [("a", "b", "c")]),
        (4, []),
        (10**9, []),
    ],
)
def test_ngrams_are_neighbours_in_order(n, expected):
    """Each run of n words is there once for each place it stands at."""
    assert ngrams(["a", "b", "c"], n) == expected


def test_ngrams_of_no_words_do_not_exist():
    """Runs of no words are an error."""
    with pytest.raises(UsageError, match="1 or more"):
        ngrams(["a"], 0)


@pytest.mark.parametrize("tokenizer", ["uni", "word", "ws", "char"])
def test_tokens_are_as_many_as_in_the_reference(tokenizer, oracle):
    """Every text of the reference sets has the reference number of tokens."""
    for name, known in oracle["sets"].items():
        assert [len(tokens(text, tokenizer)) for text in known["texts"]] == known["metrics"]["lengths"][tokenizer], name


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=None)))
def test_uni_is_the_regular_expression_of_the_reference(oracle, text):
    """Whatever the text, `uni` cuts it as the reference's own regular expression does."""
    pattern = oracle["meta"]["tokenizers"]["uni"].partition("  (re,")[0]
    assert list(tokens(text)) == re.findall(pattern, text)


@pytest.mark.parametrize(
    ("tokenizer", "expected"),
    [
        ("uni", ["Hi", ",", "今", "天", "!"]),
        ("uni_lower", ["hi", ",", "今", "天", "!"]),
        ("word", ["Hi", ",", "今天", "!"]),
        ("ws", ["Hi,", "今天!"]),
        ("char", ["H", "i", ",", " ", "今", "天", "!"]),
    ],
)
def test_each_tokenizer_cuts_in_its_own_way(tokenizer, expected):
    """Case is kept unless the name says otherwise, and unspaced scripts are cut by `uni` only."""
    assert list(tokens("Hi, 今天!", tokenizer)) == expected
    assert tokens("", tokenizer) == ()


def test_every_named_tokenizer_is_there():
    """The names listed are those that work."""
    assert [tokens("a", name) for name in TOKENIZERS] == [("a",)] * len(TOKENIZERS)


@pytest.mark.parametrize(("name", "hint"), [("unilower", "'uni_lower'"), ("grapheme", "known: uni, uni_lower")])
def test_an_unknown_tokenizer_names_the_nearest(name, hint):
    """A name mistyped is an error that says which was meant, or which there are."""
    with pytest.raises(UnknownNameError, match=hint):
        tokens("a", name)
