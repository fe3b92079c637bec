"""Metrics against values computed with nltk, scikit-learn, rapidfuzz and zlib by other code."""

from __future__ import annotations

import re

import pytest

from evalkit.metrics.distinct_n import distinct_n
from evalkit.metrics.prefix_agreement import prefix_agreement
from evalkit.metrics.word_jaccard_distance import word_jaccard_distance
from evalkit.text.words import ngrams, words

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


@pytest.mark.parametrize("name", PAIRED)
def test_edit_similarity_matches(oracle, of_cell, name):
    """One minus the mean normalised edit distance on characters is the published value."""
    expected = oracle["sets"][name]["metrics"]["levenshtein"]["char"]["mean_normalized_by_max_len"]

    assert 1 - of_cell("edit_similarity", oracle["sets"][name]["texts"]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", PAIRED)
def test_word_jaccard_distance_matches(oracle, of_prepared, tokens, name):
    """On the same words the mean Jaccard distance is the published one."""
    sets = [frozenset(tokens(text)) for text in oracle["sets"][name]["texts"]]
    expected = oracle["sets"][name]["metrics"]["jaccard_cosine"]["uni/1"]["mean_jaccard_distance"]

    assert of_prepared(word_jaccard_distance, sets) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", PAIRED)
def test_prefix_agreement_matches(oracle, of_prepared, tokens, name):
    """On the same words the mean common prefix is the published one."""
    texts = [tuple(tokens(text)) for text in oracle["sets"][name]["texts"]]
    expected = oracle["sets"][name]["metrics"]["common_prefix"]["uni"]["mean_common_prefix"]

    assert of_prepared(prefix_agreement, texts) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("n", [1, 2])
def test_distinct_n_matches(oracle, of_prepared, tokens, name, n):
    """On the same words the share of different n-grams is the published one."""
    grams = [tuple(ngrams(tokens(text), n)) for text in oracle["sets"][name]["texts"]]
    expected = oracle["sets"][name]["metrics"]["distinct"][f"uni/{n}"]["pooled_per_ngram"]

    assert of_prepared(distinct_n, grams) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_compression_ratio_matches(oracle, of_cell, name):
    """The ratio is the published one, up to 3 bytes or 3 percent: order and zlib's build differ."""
    expected = oracle["sets"][name]["metrics"]["compression"]
    size = expected["bytes_joined_newline"] / of_cell("compression_ratio", oracle["sets"][name]["texts"])

    assert size == pytest.approx(expected["zlib9_joined"], rel=0.03, abs=3)


@pytest.mark.parametrize("name", SETS)
def test_words_match_but_for_case(oracle, tokens, name):
    """Words are those of the reference values, lower-cased."""
    texts = oracle["sets"][name]["texts"]

    assert [words(text) for text in texts] == [[token.lower() for token in tokens(text)] for text in texts]
