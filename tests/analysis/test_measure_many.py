"""Many samples: what is counted, summed or drawn equals what all pairs would say."""

import numpy as np
import pytest
from contract.cells import cell_of
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit import registry
from evalkit.analysis.measure import items_of, measure_cell
from evalkit.deriving import derived
from evalkit.features.trigrams import Trigrams
from evalkit.metrics.base import resolve
from evalkit.nouns import Form, MetricRequest
from evalkit.nouns.ports import Tools
from evalkit.stats.cosine import cosines
from evalkit.stats.ustatistic import jackknife_variance, pair_mean

WORDS = (
    "sea",
    "road",
    "lamp",
    "ship",
    "quiet",
    "evening",
    "far",
    "Meer",
    "\u00e9t\u00e9",
    "\u65e5",
    "\ud800",
    "one",
    "two",
)


def texts(n, seed=1, kinds=10_000):
    """Return short answers that share words, copies and empty ones among them."""
    chance = np.random.default_rng(seed)
    made = [" ".join(WORDS[place] for place in chance.integers(0, len(WORDS), chance.integers(0, 9))) for _ in range(n)]
    return [f"{made[k % kinds]} {k % kinds}" if k % 7 else made[k % kinds] for k in range(n)]


def all_pairs(name, cell, rows, **options):
    """Return the (n, n) values of all samples, pair by pair of samples."""
    metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
    return np.asarray(metric.function.matrix(items_of(metric, cell, rows)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("exact_agreement", {}),
        ("vector_distance", {}),
        ("prefix_agreement", {}),
        ("prefix_survival", {"length": 2}),
        ("cluster_agreement", {}),
        ("qd_index", {}),
        ("qd_index", {"distance": "exact"}),
        ("qd_index", {"distance": "rouge_l"}),
    ],
)
@pytest.mark.parametrize("kinds", [90, 900], ids=["copies", "different"])
def test_values_are_those_of_all_pairs(name, options, kinds):
    """Mean and variance of 1,100 samples are those of the whole matrix."""
    metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
    [(cell, [rows])] = derived([cell_of(texts(1_100, kinds=kinds))], [metric], Tools())
    whole = all_pairs(name, cell, rows, **options)
    found = measure_cell(metric, cell, derived=rows)

    assert found.value == pytest.approx(pair_mean(whole), abs=1e-9)
    assert found.variance == pytest.approx(jackknife_variance(whole), rel=1e-9, abs=1e-15)
    assert found.interval.low < found.value < found.interval.high


PAIRS = [m for m in (resolve(MetricRequest(name=name)) for name in registry.names("metrics")) if m.form is Form.PAIR]


@pytest.mark.parametrize("metric", PAIRS, ids=[metric.name for metric in PAIRS])
@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.one_of(st.sampled_from(["", "a b", "a  b", "A b c.", "\ud800", "日本"]), st.text(max_size=9)),
        min_size=3,
        max_size=9,
    )
)
def test_copies_counted_are_samples_compared(metric, said):
    """However often texts came, every pair of samples, one by one, has the same mean and spread."""
    [(cell, [rows])] = derived([cell_of(said)], [metric], Tools())
    seen, n = items_of(metric, cell, rows), len(said)
    whole = np.array([[metric.function(seen[i], seen[j]) if i != j else 0.0 for j in range(n)] for i in range(n)])
    left_out = [np.delete(np.delete(whole, i, 0), i, 1).sum() / ((n - 1) * (n - 2)) for i in range(n)]
    found = measure_cell(metric, cell, derived=rows)

    assert found.value == pytest.approx(whole.sum() / (n * (n - 1)), abs=1e-9)
    assert found.variance == pytest.approx((n - 1) / n * ((left_out - np.mean(left_out)) ** 2).sum(), abs=1e-9)


@pytest.mark.parametrize("distance", ["vectors", "exact"])
def test_the_weighted_distance_is_that_of_all_pairs(distance):
    """The mean distance of acceptable samples is the index over their weights."""
    metric = resolve(MetricRequest(name="weighted_distance", options=(("distance", distance),)))
    [(cell, [rows])] = derived([cell_of(texts(1_100, kinds=900))], [metric], Tools())
    whole = all_pairs("qd_index", cell, rows, distance=distance)
    weights = np.outer(rows["quality"], rows["quality"])
    np.fill_diagonal(weights, 0.0)
    found = measure_cell(metric, cell, derived=rows)

    assert found.value == pytest.approx((whole * (weights > 0)).sum() / weights.sum(), abs=1e-9)
    assert found.interval.low < found.value < found.interval.high


@pytest.mark.parametrize(
    "name",
    ["rouge_l_distance", "edit_similarity", "word_jaccard_distance", "ngram_cosine_distance", "vector_distance"],
)
def test_of_very_many_some_pairs_are_drawn(name):
    """The value lies near that of all pairs, the interval holds it, and the method says how many were compared."""
    metric = resolve(MetricRequest(name=name))
    tools = Tools(embedder=_Signed()) if name == "vector_distance" else Tools()
    [(cell, [rows])] = derived([cell_of([f"{text} {k}" for k, text in enumerate(texts(3_100))])], [metric], tools)
    found = measure_cell(metric, cell, derived=rows)
    exact = pair_mean(all_pairs(name, cell, rows))

    assert "62,000 of 4,803,450 pairs" in found.method
    assert abs(found.value - exact) < 4.0 * found.variance**0.5
    assert found.interval.low < exact < found.interval.high


@pytest.mark.parametrize("power", [1, 2])
def test_the_effective_number_from_pairs_of_very_many(power):
    """Drawn pairs have about the mean similarity of all, and the method says so."""
    metric = resolve(MetricRequest(name="vendi_pairs", options=(("power", power),)))
    [(cell, [rows])] = derived([cell_of([f"{text} {k}" for k, text in enumerate(texts(3_100))])], [metric], Tools())
    whole = cosines(rows["vectors"])
    found = measure_cell(metric, cell, derived=rows)

    assert found.interval.low < 1.0 / pair_mean(whole**power) < found.interval.high
    assert "62,000 of 4,803,450 pairs" in found.method


@pytest.mark.parametrize(
    "name",
    ["edit_distance", "vector_distance", "prefix_agreement", "qd_index", "weighted_distance", "vendi_score"],
)
def test_the_order_of_samples_moves_nothing(name):
    """The same answers in another order have the same value and interval, to the bit."""
    metric = resolve(MetricRequest(name=name))
    said, found = texts(1_700), []
    for order in (said, said[::-1]):
        [(cell, [rows])] = derived([cell_of(order)], [metric], Tools())
        found.append(measure_cell(metric, cell, derived=rows))

    assert found[0].value == found[1].value
    assert found[0].interval == found[1].interval
    assert found[0].method == found[1].method


class _Signed:
    """Vectors with negative entries, whose cosines may be below 0."""

    name = "signed"

    def embed(self, texts):
        """Return trigrams about their mean."""
        rows = Trigrams().embed(texts)
        return rows - rows.mean(axis=0)
