"""Shares of equal texts, and the words of all other metrics, against values computed by other code."""

from __future__ import annotations

import re

import pytest

from evalkit.text.words import words

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
PAIRED = SETS[:-1]


@pytest.fixture
def tokens(oracle):
    """Return the tokenizer of the reference values, which keeps case."""
    return re.compile(oracle["meta"]["tokenizers"]["uni"].split("  (re, ")[0]).findall


@pytest.mark.parametrize("name", PAIRED)
def test_exact_agreement_matches(oracle, of_cell, name):
    """The share of equal pairs is the published one, byte for byte."""
    expected = oracle["sets"][name]["metrics"]["agreement"]["raw"]["pair_agreement"]

    assert of_cell("exact_agreement", oracle["sets"][name]["texts"]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("metric", "key"), [("unique_share", "unique_fraction"), ("modal_share", "modal_share")])
def test_shares_match(oracle, of_cell, name, metric, key):
    """Unique and modal share are the published ones, byte for byte."""
    expected = oracle["sets"][name]["metrics"]["agreement"]["raw"][key]

    assert of_cell(metric, oracle["sets"][name]["texts"]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_words_match_but_for_case(oracle, tokens, name):
    """Words are those of the reference values, lower-cased."""
    texts = oracle["sets"][name]["texts"]

    assert [words(text) for text in texts] == [[token.lower() for token in tokens(text)] for text in texts]
