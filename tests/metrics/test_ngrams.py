"""Metrics that count n-grams: values worked out by hand, and traps that others fell into."""

from __future__ import annotations

import functools
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import MetricRequest, Undefined

DISJOINT = ["alpha beta gamma delta", "one two three four", "red green blue teal"]
TEXTS = st.lists(st.text("ab .", max_size=9), min_size=1, max_size=5)


@functools.cache
def bound(name, **options):
    """Return a metric with options."""
    return resolve(MetricRequest(name=name, options=tuple(options.items())))


@pytest.mark.parametrize(("reply", "published"), [("blue", 0.1**0.75), ("so blue", 0.1**0.5), ("a b c", 0.1**0.25)])
def test_equal_short_replies_are_wholly_alike(of_cell, reply, published):
    """Three equal replies of one, two or three words score 1; 0.178, 0.316 and 0.562 in the literature's flavour."""
    for name in ("self_bleu", "pairwise_bleu"):
        assert of_cell(name, [reply] * 3) == 1.0
        assert of_cell(name, [reply] * 3, flavour="texygen") == pytest.approx(published)


def test_empty_replies_are_alike_and_unlike_any_other(of_cell):
    """All empty is 1, one empty among others 0 for itself; the literature's flavour gives 0 in either case."""
    for name in ("self_bleu", "pairwise_bleu"):
        assert of_cell(name, ["", " "]) == 1.0
        assert of_cell(name, ["", "a b c d"]) == 0.0
        assert of_cell(name, ["", ""], flavour="texygen") == 0.0


def test_self_bleu_rises_with_the_number_of_samples_and_pairwise_bleu_does_not(of_cell):
    """Twice the same texts, the one finds each text's equal and the other keeps near."""
    texts = ["the cat sat on the mat", "the dog sat on the rug", "a cat ran to the mat"]

    assert of_cell("self_bleu", texts * 2) == 1.0 > of_cell("self_bleu", texts)
    assert of_cell("pairwise_bleu", texts * 2) == pytest.approx((4 * of_cell("pairwise_bleu", texts) + 1) / 5)


@pytest.mark.parametrize(
    ("metric", "end"),
    [
        ("self_bleu", 0.0),
        ("pairwise_bleu", 0.0),
        ("rouge_l_distance", 1.0),
        ("word_jaccard_distance", 1.0),
        ("ngram_cosine_distance", 1.0),
        ("distinct_n", 1.0),
    ],
)
def test_texts_without_a_common_word_are_not_alike(of_cell, metric, end):
    """Nothing in common is the diverse end of the scale, not the same as everything in common."""
    assert of_cell(metric, DISJOINT) == end


def test_ngrams_never_reach_from_a_text_into_the_next(of_cell):
    """Two texts of two words have two bigrams, whatever stands beside what."""
    assert of_cell("distinct_n", ["a b", "b a", "a b", "b a"]) == 1 / 2
    assert of_cell("rarefied_distinct_n", ["a b", "b a"], m=2) == 1.0
    assert of_cell("expectation_adjusted_distinct", ["a b", "b a"], n=2) == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(Undefined):
        of_cell("rarefied_distinct_n", ["a b", "b a"], m=3)


@pytest.mark.parametrize("name", ["distinct_n", "rarefied_distinct_n", "expectation_adjusted_distinct"])
def test_one_word_replies_have_no_bigrams_and_divide_by_nothing(of_cell, name):
    """Where no n-gram is, there is no value, and the reason tells a way on; for n = 1 there is one."""
    options = {"m": 2} if name.startswith("rarefied") else {}
    with pytest.raises(Undefined, match="a smaller"):
        of_cell(name, ["blue", "red"], n=2, **options)
    assert of_cell(name, ["blue", "red"], n=1, **options) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("name", ["rep_n", "intra_distinct_n"])
def test_a_text_too_short_has_no_value_of_its_own(name):
    """Within a text that holds no n-gram nothing is said twice, and nothing once."""
    metric = bound(name, n=3)
    assert metric.function(metric.prepare("a b")) is None
    assert metric.function(metric.prepare("a b a b a")) == pytest.approx({"rep_n": 1 / 3}.get(name, 2 / 3))


def test_distinct_n_over_words_counts_words_of_short_texts_too(of_cell):
    """Two bigrams over four words, one of them a text of its own; over bigrams it would be 1."""
    assert of_cell("distinct_n", ["a b c", "d"], per="words") == pytest.approx(2 / 4)
    assert of_cell("distinct_n", ["a b c", "d"]) == 1.0


def test_intra_distinct_n_does_not_see_that_answers_are_equal(of_cell):
    """It has the value of one of them, while distinct-n falls."""
    texts = ["a b c d"] * 4

    assert of_cell("intra_distinct_n", texts) == 1.0
    assert of_cell("distinct_n", texts) == 1 / 4


def test_rarefied_distinct_n_is_the_mean_over_all_draws(of_cell):
    """Of a, a, b and c two are drawn: five in six draws hold two different ones, one the same twice."""
    assert of_cell("rarefied_distinct_n", ["a a", "b c"], n=1, m=2) == pytest.approx((5 * 2 + 1) / 6 / 2)


def test_rarefaction_takes_the_drift_away(of_cell):
    """When every text is said twice, distinct-n halves; of a few drawn n-grams almost as many are different."""
    texts = [" ".join(f"w{word}" for word in range(start, start + 40)) for start in range(0, 400, 40)]
    twice = [of_cell(name, texts * 2, **o) for name, o in (("distinct_n", {}), ("rarefied_distinct_n", {"m": 20}))]

    assert twice[0] == 1 / 2
    assert twice[1] > 0.97


def test_expectation_adjusted_distinct_of_a_small_vocabulary(of_cell):
    """Of two words drawn evenly three times, 1.75 are expected to be different; one word alone is expected whole."""
    assert of_cell("expectation_adjusted_distinct", ["a b a"], vocabulary=2) == pytest.approx(2 / 1.75)
    assert of_cell("expectation_adjusted_distinct", ["a a a"], vocabulary=1) == 1.0


def test_jaccard_is_of_words_and_not_of_characters(of_cell):
    """Words made of the same letters share nothing; as characters they are the same."""
    assert of_cell("word_jaccard_distance", ["listen", "silent"]) == 1.0
    assert of_cell("word_jaccard_distance", ["listen", "silent"], tokenizer="char") == 0.0


def test_ngram_cosine_distance_by_hand(of_cell):
    """Counts (2, 1) and (1, 0) have cosine 2/√5; proportions count and length does not."""
    assert of_cell("ngram_cosine_distance", ["a a b", "a"]) == pytest.approx(1 - 2 / 5**0.5)
    assert of_cell("ngram_cosine_distance", ["a a b", "b a a a a b"]) == 0.0


@settings(deadline=None)
@given(TEXTS)
@pytest.mark.parametrize(
    ("name", "options"),
    [("distinct_n", {"n": 1}), ("expectation_adjusted_distinct", {}), ("rarefied_distinct_n", {"n": 1, "m": 1})],
)
def test_order_of_texts_changes_nothing(name, options, texts):
    """A pool has no order, and a value in (0, 1] or none."""
    metric = bound(name, **options)
    prepared = [metric.prepare(text) for text in texts]
    try:
        value = metric.function(prepared)
    except Undefined:
        assert not any(text.strip() for text in texts)
        return
    assert 0.0 < value <= 1.001
    assert {metric.function(list(order)) for order in list(permutations(prepared))[:6]} == {value}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("distinct_n", {"n": 0}),
        ("rarefied_distinct_n", {"m": 0}),
        ("expectation_adjusted_distinct", {"vocabulary": 0}),
        ("self_bleu", {"n": 0}),
        ("pairwise_bleu", {"n": 0}),
        ("self_bleu", {"n": 10**9}),
        ("pairwise_bleu", {"n": 10**9}),
        ("rep_n", {"n": 0}),
        ("word_jaccard_distance", {"n": 0}),
    ],
)
def test_an_option_without_meaning_is_refused_before_anything_is_sampled(name, options):
    """A number of n-grams, draws or words is 1 or more, and no number that counting would never reach."""
    with pytest.raises(UsageError):
        bind(bound(name), options)


@pytest.mark.parametrize(
    ("name", "option", "wrong", "near"),
    [
        ("distinct_n", "per", "word", "words"),
        ("self_bleu", "flavour", "texigen", "texygen"),
        ("rouge_l_distance", "tokenizer", "un", "uni"),
        ("edit_distance", "unit", "chars", "char"),
    ],
)
def test_an_option_of_words_names_the_nearest(name, option, wrong, near):
    """A misspelt word is met by the one that was meant."""
    with pytest.raises(UnknownNameError, match=f"did you mean '{near}'"):
        bind(bound(name), {option: wrong})
