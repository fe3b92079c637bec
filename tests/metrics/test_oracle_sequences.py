"""Metrics that see the order of words or bytes, against values computed with other code by rapidfuzz and zlib."""

from __future__ import annotations

import zlib
from itertools import combinations

import pytest

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
PAIRED = SETS[:-1]
CLOSE = 1e-9


@pytest.fixture
def values(oracle):
    """Return a function of set and group of metrics: the texts and their reference values."""
    return lambda name, group: (oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"][group])


def test_rouge_l_knows_scripts_that_published_scripts_lose(values, of_cell):
    """Equal Chinese answers are as near as texts can be, though a script that knows a to z alone says 0."""
    texts, known = values("cjk", "rouge_l")

    assert known["rougeL_f1_mean_default_tokenizer"] == 0.0
    assert of_cell("rouge_l_distance", [texts[0]] * 3) == 0.0
    assert of_cell("rouge_l_distance", texts) < 1.0


@pytest.mark.parametrize("name", PAIRED)
def test_edit_similarity_matches(values, of_cell, name):
    """One minus the mean normalised edit distance on characters is the reference."""
    texts, known = values(name, "levenshtein")

    expected = known["char"]["mean_normalized_by_max_len"]
    assert 1.0 - of_cell("edit_similarity", texts) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("name", PAIRED)
def test_normalised_compression_distance_matches(values, of_cell, name):
    """The mean is the reference's, which takes one order of two, up to 3 percent; there equal texts are not at 0."""
    texts, known = values(name, "compression")
    pairs = list(combinations(texts, 2))
    left = [_left_by_the_compressor(a) for a, b in pairs if a == b]

    found = of_cell("normalised_compression_distance", texts) + sum(left) / len(pairs)
    assert found == pytest.approx(known["mean_ncd_zlib9_concat_ij"], rel=0.03)


def _left_by_the_compressor(text):
    """Return what zlib leaves between a text and its equal."""
    once, twice = (len(zlib.compress(text.encode() * times, 9)) for times in (1, 2))
    return (twice - once) / once
