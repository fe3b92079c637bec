"""Metrics that see the order of words or bytes, against values computed with other code by rapidfuzz and zlib."""

from __future__ import annotations

import zlib
from itertools import combinations

import numpy as np
import pytest

from evalkit.metrics.base import resolve
from evalkit.nouns import MetricRequest

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
PAIRED = SETS[:-1]
CLOSE = 1e-9


@pytest.fixture
def values(oracle):
    """Return a function of set and group of metrics: the texts and their reference values."""
    return lambda name, group: (oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"][group])


@pytest.mark.parametrize("name", PAIRED)
def test_rouge_l_matches(values, of_cell, name):
    """The mean F1 is the reference on the same words."""
    texts, known = values(name, "rouge_l")

    found = of_cell("rouge_l_distance", texts, tokenizer="uni_lower")
    assert 1.0 - found == pytest.approx(known["rougeL_f1_mean_uni_lower"], abs=CLOSE)


def test_rouge_l_knows_scripts_that_published_scripts_lose(values, of_cell):
    """Equal Chinese answers are as near as texts can be, though a script that knows a to z alone says 0."""
    texts, known = values("cjk", "rouge_l")

    assert known["rougeL_f1_mean_default_tokenizer"] == 0.0
    assert of_cell("rouge_l_distance", [texts[0]] * 3) == 0.0
    assert of_cell("rouge_l_distance", texts) < 1.0


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize(("key", "options"), [("char", {"unit": "char"}), ("uni", {"unit": "token"})])
def test_edit_distance_matches(values, of_cell, name, key, options):
    """On characters and on words the mean distance over the longer is the reference."""
    texts, known = values(name, "levenshtein")

    found = of_cell("edit_distance", texts, **options)
    assert found == pytest.approx(known[key]["mean_normalized_by_max_len"], abs=CLOSE)


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize(("key", "options"), [("char", {"unit": "char"}), ("uni", {"unit": "token"})])
def test_edit_distances_of_single_pairs_match(values, name, key, options):
    """Times the length of the longer, the distances of the first pairs are the whole numbers of the reference."""
    texts, known = values(name, "levenshtein")
    metric = resolve(MetricRequest(name="edit_distance", options=tuple(options.items())))
    pairs = list(combinations(map(metric.prepare, texts), 2))
    expected = known[key]["first_pair_distances"]

    assert [metric.function(a, b) * max(len(a), len(b)) for a, b in pairs[: len(expected)]] == pytest.approx(expected)


@pytest.mark.parametrize("name", PAIRED)
def test_edit_similarity_matches(values, of_cell, name):
    """One minus the mean normalised edit distance on characters is the reference."""
    texts, known = values(name, "levenshtein")

    expected = known["char"]["mean_normalized_by_max_len"]
    assert 1.0 - of_cell("edit_similarity", texts) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("tokenizer", ["char", "uni"])
def test_distance_by_insertions_and_deletions_matches(values, of_cell, name, tokenizer):
    """The distance of ROUGE-L is that of edits without replacement, on characters and on words."""
    texts, known = values(name, "levenshtein")

    found = of_cell("rouge_l_distance", texts, tokenizer=tokenizer)
    assert found == pytest.approx(known[tokenizer]["mean_indel_normalized"], abs=CLOSE)


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("unit", ["char", "uni"])
def test_common_prefixes_match(values, of_cell, name, unit):
    """Mean, and mean as a fraction of the longer, are the reference on characters and on words."""
    texts, known = values(name, "common_prefix")

    assert of_cell("prefix_agreement", texts, unit=unit) == pytest.approx(known[unit]["mean_common_prefix"], abs=CLOSE)
    assert of_cell("prefix_agreement", texts, unit=unit, fraction=True) == pytest.approx(
        known[unit]["mean_fraction_of_longer"], abs=CLOSE
    )


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("unit", ["char", "uni"])
def test_median_common_prefix_matches(values, name, unit):
    """The median over all pairs, equal ones among them, is the reference, and the least is common to all."""
    texts, known = values(name, "common_prefix")
    metric = resolve(MetricRequest(name="prefix_agreement", options=(("unit", unit),)))
    pairs = metric.function.matrix([metric.prepare(text) for text in texts])[np.triu_indices(len(texts), 1)]

    assert np.median(pairs) == known[unit]["median_common_prefix"]
    assert pairs.min() == known[unit]["common_prefix_of_all"]


@pytest.mark.parametrize("name", ["cjk", "disjoint"])
@pytest.mark.parametrize("unit", ["char", "uni"])
def test_first_divergence_matches_where_all_differ(values, of_cell, name, unit):
    """Where no two samples are equal, the median over pairs that differ is the reference's over all pairs."""
    texts, known = values(name, "common_prefix")

    assert of_cell("first_divergence", texts, unit=unit) == known[unit]["median_common_prefix"]


@pytest.mark.parametrize("name", SETS)
def test_compression_ratio_matches(values, of_cell, name):
    """The ratio is the reference, up to 3 bytes or 3 percent: order and zlib's build differ."""
    texts, known = values(name, "compression")
    size = known["bytes_joined_newline"] / of_cell("compression_ratio", texts)

    assert size == pytest.approx(known["zlib9_joined"], rel=0.03, abs=3)


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
