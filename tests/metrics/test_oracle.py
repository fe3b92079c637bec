"""The words of all metrics against those of the reference values."""

from __future__ import annotations

import re

import pytest

from evalkit.text.words import words

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")


@pytest.fixture
def tokens(oracle):
    """Return the tokenizer of the reference values, which keeps case."""
    return re.compile(oracle["meta"]["tokenizers"]["uni"].split("  (re, ")[0]).findall


@pytest.mark.parametrize("name", SETS)
def test_words_match_but_for_case(oracle, tokens, name):
    """Words are those of the reference values, lower-cased."""
    texts = oracle["sets"][name]["texts"]

    assert [words(text) for text in texts] == [[token.lower() for token in tokens(text)] for text in texts]
