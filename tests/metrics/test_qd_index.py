"""The quality-diversity index and its two parts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import resolve
from evalkit.metrics.qd_index import qd_index
from evalkit.metrics.quality_mean import quality_mean
from evalkit.metrics.weighted_distance import weighted_distance
from evalkit.nouns import MetricRequest, Undefined
from evalkit.stats.ustatistic import pair_interval

UNIT = st.floats(0.0, 1.0)
CELLS = st.integers(2, 7).flatmap(
    lambda n: st.tuples(
        st.lists(UNIT, min_size=n, max_size=n), st.lists(st.lists(UNIT, min_size=3, max_size=3), min_size=n, max_size=n)
    )
)
ANSWER = r'Answer\("([A-E])"\)'


def bound(name, **options):
    """Return a metric of that name with options."""
    return resolve(MetricRequest(name=name, options=tuple(sorted(options.items()))))


def prepared(metric, qualities, texts):
    """Return what the metric sees of texts with these qualities, where it needs no vectors."""
    return [(quality, metric.prepare(text)) for quality, text in zip(qualities, texts, strict=True)]


def scaled(rows):
    """Return rows of length 1, or 0 where they are 0."""
    vectors = np.array(rows)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-9)


def mean_over_pairs(metric, items):
    """Return the mean of a pair metric over unordered pairs."""
    return float(metric.function.matrix(items)[np.triu_indices(len(items), 1)].mean())


def test_it_is_the_chance_of_two_good_and_different_tries():
    """With binary quality and distance the index counts pairs: here three of six are good and differ."""
    metric = bound("qd_index", distance="exact")
    items = prepared(metric, [1.0, 1.0, 1.0, 0.0], ["red", "red ", "blue", "teal"])
    assert mean_over_pairs(metric, items) == pytest.approx(2 / 6)
    assert [metric.function(a, b) for a, b in combinations(items, 2)] == [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("distance", ["exact", "rouge_l"])
def test_a_parrot_and_noise_have_no_index(distance):
    """Answers that are all the same give 0, and so do answers none of which is acceptable."""
    metric = bound("qd_index", distance=distance)
    assert mean_over_pairs(metric, prepared(metric, [1.0] * 3, ["the cat sat"] * 3)) == 0.0
    assert mean_over_pairs(metric, prepared(metric, [0.0] * 3, ["a", "b", "c"])) == 0.0


def test_rouge_l_distance_is_of_tokens():
    """Two of three tokens in common order: one minus F1 is a third; empty texts are alike and unlike any other."""
    metric = bound("qd_index", distance="rouge_l")
    a, b, empty = prepared(metric, [1.0] * 3, ["the cat sat", "the dog sat", ""])
    assert metric.function(a, b) == pytest.approx(1 / 3)
    assert (metric.function(empty, empty), metric.function(a, empty)) == (0.0, 1.0)
    chinese = prepared(metric, [1.0] * 2, ["今天天气", "今天天氣"])
    assert metric.function(*chinese) == pytest.approx(1 / 4)


@pytest.mark.parametrize("name", ["cjk", "disjoint", "identical", "short_answers"])
def test_rouge_l_distance_matches_other_code(oracle, name):
    """With quality 1 the index is the mean distance: one minus the published ROUGE-L of the same tokens."""
    metric = bound("qd_index", distance="rouge_l", tokenizer="uni_lower")
    texts = oracle["sets"][name]["texts"]
    expected = 1.0 - oracle["sets"][name]["metrics"]["rouge_l"]["rougeL_f1_mean_uni_lower"]
    assert mean_over_pairs(metric, prepared(metric, [1.0] * len(texts), texts)) == pytest.approx(expected, abs=1e-9)


def test_answers_are_compared_by_the_pattern_of_the_quality():
    """At the level of answers the pattern says both what is right and what is the same; no answer is like no other."""
    metric = bound("qd_index", distance="exact", level="answer", quality="accuracy", pattern=ANSWER)
    items = prepared(metric, [1.0] * 4, ['So Answer("B")', 'Well, Answer("B")', "Hm.", "Hm."])
    assert mean_over_pairs(metric, items) == pytest.approx(5 / 6)
    by_text = bound("qd_index", distance="exact", quality="accuracy", pattern=ANSWER)
    assert mean_over_pairs(by_text, prepared(by_text, [1.0] * 2, ["Hm.", "Hm. "])) == 0.0


@given(cell=CELLS)
@settings(deadline=None, max_examples=60)
def test_the_index_of_vectors_has_a_linear_form(cell):
    """The mean over pairs of q q' (1 - x x') needs two sums only."""
    q, x = np.array(cell[0]), scaled(cell[1])
    n = len(q)
    whole = (x * x).sum(axis=1)
    linear = (q.sum() ** 2 - (q**2).sum()) - (((q[:, None] * x).sum(axis=0) ** 2).sum() - (q**2 * whole).sum())
    # Two texts without words are the same, which the sums do not know.
    nowhere = q[whole == 0.0]
    linear -= nowhere.sum() ** 2 - (nowhere**2).sum()
    items = [(each, None, row) for each, row in zip(q, x, strict=True)]
    assert mean_over_pairs(qd_index, items) == pytest.approx(linear / (n * (n - 1)), abs=1e-9)


@given(cell=CELLS)
@settings(deadline=None, max_examples=60)
def test_the_index_is_weights_times_weighted_distance(cell):
    """The mean product of two qualities times the weighted distance is the index."""
    q, x = np.array(cell[0]), scaled(cell[1])
    items = [(each, None, row) for each, row in zip(q, x, strict=True)]
    weight = np.mean([a * b for a, b in combinations(q, 2)])
    index = mean_over_pairs(qd_index, items)
    if weight < 1e-200:
        assert index <= 1e-200
    else:
        assert weight * weighted_distance.function(items) == pytest.approx(index, abs=1e-12)


def test_with_equal_qualities_the_parts_multiply_exactly():
    """Mean quality squared times the weighted distance is the index."""
    metric, part = bound("qd_index", distance="rouge_l"), bound("weighted_distance", distance="rouge_l")
    items = prepared(metric, [0.5] * 3, ["the cat sat", "the dog sat", "red"])
    quality = np.mean([quality_mean.function(item[0]) for item in items])
    assert quality**2 * part.function(items) == pytest.approx(mean_over_pairs(metric, items))


def test_a_sample_without_quality_leaves_no_value():
    """Index and parts say that a quality is missing, instead of counting it as 0."""
    items = [(1.0, None, np.ones(1)), (float("nan"), None, np.ones(1))]
    for call in (lambda: qd_index.function(*items), lambda: weighted_distance.function(items)):
        with pytest.raises(Undefined, match="no quality"):
            call()
    with pytest.raises(Undefined, match="no quality"):
        quality_mean.function(items[1][0])


def test_nothing_good_has_no_weighted_distance():
    """Where no two samples have any quality, nothing is known of the variety of good ones."""
    with pytest.raises(Undefined, match="no two samples"):
        weighted_distance.function([(0.0, None, np.ones(1)), (1.0, None, np.ones(1))])


@pytest.mark.parametrize(
    ("qualities", "texts", "method"),
    [
        ([1.0] * 6, ["a b", "a c", "a d", "b c", "x y", "a b c"], "guarded"),
        ([0.4] * 6, ["a"] * 6, "guarded"),
        ([1.0] * 3, ["a b", "a c", "a d"], "guarded"),
        ([1.0, 1.0, 0.0], ["a b", "a c", "a d"], "guarded"),
        ([1.0, 1.0], ["a b", "a c"], "guarded"),
        ([1.0, 0.5, 0.2, 0.9], ["a b", "a c", "a d", "b c"], "delete-one"),
        ([1.0, 0.5, 0.2, 0.9], ["a"] * 4, "exact bound"),
        ([1.0, 0.5, 0.0], ["a b", "a c", "a d"], "one sample decides"),
    ],
)
def test_the_interval_of_the_weighted_distance(qualities, texts, method):
    """Among samples equally good it is that of a mean over pairs; else of each left out, where each can be spared."""
    metric = bound("weighted_distance", distance="rouge_l")
    items = prepared(metric, qualities, texts)
    ends, how = metric.interval(items, 0.95)
    assert method in how
    assert (ends is None) == how.startswith("none: ")
    assert ends is None or ends[0] <= metric.function(items) <= ends[1]
    assert ends is None or ends[0] < ends[1]


def test_the_exact_bound_counts_good_samples_only():
    """Samples without quality are in no pair, so they narrow nothing."""
    metric = bound("weighted_distance", distance="exact")
    few, many = ([1.0] * 6, ["a"] * 6), ([1.0] * 6 + [0.0] * 6, ["a"] * 12)
    assert metric.interval(prepared(metric, *few), 0.95) == metric.interval(prepared(metric, *many), 0.95)


def test_the_interval_of_good_samples_is_that_of_their_agreement():
    """One common answer among rare ones is guarded against here as it is in exact agreement: both say the same."""
    metric = bound("weighted_distance", distance="exact")
    texts = ["a"] * 17 + ["b", "c", "d"]
    same = np.array([[float(one == other) for other in texts] for one in texts])
    low, high = pair_interval(same, equality=True)
    ends, _ = metric.interval(prepared(metric, [1.0] * 20, texts), 0.95)
    assert ends == pytest.approx((1.0 - high, 1.0 - low))


@pytest.mark.parametrize(
    "name", ["qd_index", "weighted_distance", "quality_mean", "distinct_valid_at_k", "pass_at_k", "pass_hat_k"]
)
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"quality": "goodness"}, UnknownNameError),
        ({"quality": "exact_agreement"}, UsageError),
        ({"quality": "length_words"}, UsageError),
        ({"quality": "quality_mean"}, UsageError),
        ({"pattern": "("}, UsageError),
    ],
)
def test_what_can_not_be_a_quality_is_refused(name, options, error):
    """The quality is a metric of single samples between 0 and 1, and refuses what it can not check by, at once."""
    with pytest.raises(error):
        bound(name, **options)


def test_vectors_are_made_only_where_they_are_compared():
    """The other distances need texts alone, so that no embedding is paid for."""
    assert bound("qd_index").features == ("quality", "vectors")
    assert bound("qd_index", distance="exact").features == ("quality",)
    with pytest.raises(UnknownNameError, match="distance"):
        bound("qd_index", distance="cosine")
