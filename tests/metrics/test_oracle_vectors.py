"""Metrics of vectors against values of other people's libraries, on hashed character trigrams."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from evalkit.errors import UsageError
from evalkit.features.trigrams import Trigrams
from evalkit.features.vectors import vectors
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, MetricRequest, Prompt, Sample, Undefined
from evalkit.nouns.ports import Tools

SETS = ("identical", "disjoint", "cjk", "short_answers", "single")
CLOSE = 1e-9


def rows_of(texts):
    """Return the trigram vectors of a cell that holds these texts."""
    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding(temperature=1.0))
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=n), text=text) for n, text in enumerate(texts))
    return vectors([CellOutcomes(cell=cell, samples=samples)], Tools(embedder=Trigrams()))[0]


@pytest.fixture(params=SETS)
def known(request, oracle):
    """Return the vectors of each set in turn, those of empty texts left out, with the reference values."""
    found = oracle["sets"][request.param]
    rows = rows_of(found["texts"])
    return rows[rows.any(axis=1)], found["metrics"]["embedding_vendi"]


def value(name, rows, **options):
    """Return the value of a cell whose vectors these are."""
    metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
    return metric.function(rows)


def test_pairs(known):
    """The mean distance of pairs and the inverse mean squared cosine agree."""
    rows, expected = known
    if len(rows) < 2:
        pytest.skip("a single text makes no pair")
    distances = resolve(MetricRequest(name="vector_distance")).function.matrix(rows)
    mean = distances[np.triu_indices(len(rows), 1)].mean()

    assert mean == pytest.approx(expected["mean_pairwise_cosine_distance"], rel=CLOSE, abs=CLOSE)
    assert value("vendi_pairs", rows) == pytest.approx(expected["vendi_q2_unbiased_inverse"], rel=CLOSE)
    if mean < 1.0:
        assert value("vendi_pairs", rows, power=1) == pytest.approx(1.0 / (1.0 - mean), rel=CLOSE)


def test_a_single_text_is_one():
    """One text is one different sample, and no pair."""
    assert value("vendi_score", rows_of(["a story"])) == pytest.approx(1.0)


def test_empty_texts_are_alike_and_share_nothing_with_others():
    """Two empty texts and two equal ones are two different samples."""
    rows = rows_of(["", "Paris", "", "Paris"])

    assert value("vendi_score", rows) == pytest.approx(2.0)
    assert value("vendi_pairs", rows) == pytest.approx(3.0)


def test_no_two_samples_share_anything():
    """Then nothing bounds the effective number from pairs, and there is none."""
    with pytest.raises(Undefined, match="share"):
        value("vendi_pairs", np.eye(3))


def test_interval_of_pairs_holds_the_value():
    """The ends are those of the mean similarity, turned round; where it may be zero there is no upper end."""
    metric = resolve(MetricRequest(name="vendi_pairs"))
    rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    (low, high), method = metric.interval(rows, 0.95)

    assert low < metric.function(rows) < high
    assert "inverse" in method
    assert metric.interval(np.eye(4), 0.95)[0] is None


@pytest.mark.parametrize(
    ("name", "options"), [("vendi_score", {"q": 0.0}), ("vendi_score", {"q": -1.0}), ("vendi_pairs", {"power": 3})]
)
def test_options_that_mean_nothing(name, options):
    """They are refused before anything is sampled."""
    with pytest.raises(UsageError):
        bind(resolve(MetricRequest(name=name)), options)


def test_score_grows_with_samples_and_what_it_tends_to_hardly_moves():
    """Doubling the samples, each against each, raises the one; the other is nearly at rest."""
    chance = np.random.default_rng(5)
    points = np.abs(chance.normal(size=(4000, 6)))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    means = {
        (name, n): np.mean([value(name, part) for part in points[: n * 100].reshape(100, n, 6)])
        for name in ("vendi_score", "vendi_pairs")
        for n in (10, 20, 40)
    }

    assert means["vendi_score", 10] < means["vendi_score", 20] < means["vendi_score", 40]
    assert means["vendi_pairs", 40] == pytest.approx(means["vendi_pairs", 10], rel=0.02)


def test_the_inverse_of_a_mean_over_pairs_drifts():
    """With few samples it is too large, as every inverse of what is right on average: over all throws of a coin."""
    sides = np.eye(2)
    means = {
        n: np.mean([value("vendi_pairs", sides[list(throw)]) for throw in product((0, 1), repeat=n)]) for n in (3, 12)
    }
    assert means == {3: pytest.approx(2.5), 12: pytest.approx(2.0, abs=0.03)}
    assert resolve(MetricRequest(name="vendi_pairs")).depends_on_n
