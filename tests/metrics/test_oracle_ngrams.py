"""Metrics that count n-grams, against values computed with other code by NLTK, scikit-learn and plain counting."""

from __future__ import annotations

import pytest

from evalkit.nouns import Undefined

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
CUTS = [(tokenizer, n) for tokenizer in ("char", "uni", "word", "ws") for n in (1, 2, 3)]
CLOSE = 1e-9


@pytest.fixture
def values(oracle):
    """Return a function of set and group of metrics: the texts and their reference values."""
    return lambda name, group: (oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"][group])


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("metric", "options", "key"),
    [
        ("distinct_n", {}, "pooled_per_ngram"),
        ("distinct_n", {"per": "words"}, "pooled_per_token_li2016"),
        ("intra_distinct_n", {}, "macro_per_response"),
        ("expectation_adjusted_distinct", {}, "ead_vocab50000"),
    ],
)
def test_shares_of_different_ngrams_match(values, of_cell, name, cut, metric, options, key):
    """Whatever the tokenizer and n, the value is the reference; where there is no n-gram, there is none."""
    texts, known = values(name, "distinct")
    tokenizer, n = cut
    expected = known[f"{tokenizer}/{n}"][key] if known[f"{tokenizer}/{n}"]["total_ngrams"] else None
    if expected is None:
        with pytest.raises(Undefined):
            of_cell(metric, texts, n=n, tokenizer=tokenizer, **options)
    else:
        found = of_cell(metric, texts, n=n, tokenizer=tokenizer, **options)
        assert found == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("tokenizer", "n"), CUTS)
@pytest.mark.parametrize("m", [10, 50])
def test_rarefied_distinct_n_matches(values, of_cell, name, tokenizer, n, m):
    """Of 10 or 50 drawn n-grams as many are different as the reference says; with too few n-grams there is no value."""
    texts, known = values(name, "distinct")
    kinds = known[f"{tokenizer}/{n}"].get(f"rarefied_unique_at_{m}")
    if kinds is None:
        with pytest.raises(Undefined, match=f"fewer than the {m} to draw; a smaller m"):
            of_cell("rarefied_distinct_n", texts, n=n, tokenizer=tokenizer, m=m)
    else:
        found = of_cell("rarefied_distinct_n", texts, n=n, tokenizer=tokenizer, m=m)
        assert found == pytest.approx(kinds / m, abs=CLOSE)


@pytest.mark.parametrize("name", SETS)
def test_texts_with_four_words_are_counted_as_the_reference_counts(values, of_cell, name):
    """Where all texts have a 4-gram, the product of what is not said again for n = 2, 3, 4 is the reference."""
    texts, known = values(name, "repetition_uni")
    product = 1.0
    if known["responses_with_4grams"] == 0:
        assert known["mean_diversity_2to4"] is None
        return
    for n in (2, 3, 4):
        product *= 1.0 - of_cell("rep_n", texts, n=n)
    assert product == pytest.approx(known["mean_diversity_2to4"], abs=CLOSE)
