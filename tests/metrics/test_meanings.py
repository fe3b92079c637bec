"""Metrics of classes of meaning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import MetricRequest, Undefined
from evalkit.stats.entropy import chao_wang_jost_entropy

LABELS = np.array([0, 0, 0, 1, 1, 2])


def metric(name, **options):
    """Return a metric with its options."""
    return resolve(MetricRequest(name=name, options=tuple(options.items())))


def test_cluster_agreement_is_the_share_of_pairs():
    """Three pairs of the first class and one of the second, of fifteen."""
    matrix = metric("cluster_agreement").function.matrix(LABELS)

    assert matrix[np.triu_indices(6, 1)].mean() == pytest.approx(4 / 15)


def test_semantic_entropy_by_each_estimator():
    """The default corrects for what was not seen; the plug-in is the entropy of the shares."""
    shares = np.array([3, 2, 1]) / 6
    plain = -(shares * np.log(shares)).sum()

    assert metric("semantic_entropy").function(LABELS) == pytest.approx(chao_wang_jost_entropy([3, 2, 1]))
    assert metric("semantic_entropy", estimator="plug_in").function(LABELS) == pytest.approx(plain)
    assert metric("semantic_entropy", estimator="miller_madow").function(LABELS) == pytest.approx(plain + 2 / 12)
    assert metric("semantic_entropy", estimator="chao_shen").function(LABELS) > plain


def test_semantic_entropy_of_one_meaning_is_zero():
    """Where all samples say the same, nothing is uncertain."""
    assert metric("semantic_entropy").function(np.zeros(5, dtype=int)) == 0.0


def test_semantic_entropy_is_refused_where_little_is_covered():
    """Where every sample says something else, an entropy would restate assumptions."""
    with pytest.raises(Undefined, match="less than half"):
        metric("semantic_entropy").function(np.arange(8))


def test_unknown_words_are_refused_before_sampling():
    """An estimator and an equivalence nobody knows are named with the nearest."""
    with pytest.raises(UnknownNameError, match="plug_in"):
        metric("semantic_entropy", estimator="plugin")
    with pytest.raises(UnknownNameError, match="lexical"):
        bind(metric("cluster_agreement"), {"equivalence": "lexcal"})


def test_options_of_meanings_are_options_of_its_metrics():
    """Each names how its classes are made."""
    for name in ("cluster_agreement", "semantic_entropy", "clustering_agreement"):
        assert dict(metric(name).defaults)["equivalence"] == "loose"


def test_clustering_agreement_is_the_rand_index():
    """Two classes joined by meaning that differ in letters make their pairs disagree."""
    found = metric("clustering_agreement")
    prepared = [found.prepare(text) for text in ("a", "A ", "b", "c")]
    matrix = found.function.matrix(list(zip([0, 0, 0, 1], prepared, strict=True)))

    assert matrix[np.triu_indices(4, 1)].mean() == pytest.approx(4 / 6)
    assert math.isclose(matrix[0, 1], 1.0)


@pytest.mark.parametrize("name", ["cluster_agreement", "semantic_entropy", "distinct_at_k", "distinct_valid_at_k"])
def test_options_that_do_not_fit_together_are_refused_before_sampling(name):
    """A threshold means nothing where texts are equal or not, and is a distance where they are near."""
    with pytest.raises(UsageError, match="has no threshold"):
        metric(name, threshold=0.2)
    with pytest.raises(UsageError, match="not between 0 and 1"):
        metric(name, equivalence="lexical", threshold=1.2)
    assert metric(name, equivalence="lexical", threshold=0.2).title


@pytest.mark.parametrize("name", ["cluster_agreement", "clustering_agreement", "distinct_at_k", "distinct_valid_at_k"])
def test_classes_by_linkage_change_with_the_number_of_samples(name):
    """What is equal stays equal; what was joined up to a threshold may be parted by further texts."""
    assert not metric(name).depends_on_n
    assert [metric(name, equivalence=way).depends_on_n for way in ("lexical", "embedding", "judge")] == [True] * 3
    assert not bind(metric(name, equivalence="lexical"), {"equivalence": "raw"}).depends_on_n


def test_rarefied_classes_by_linkage_are_still_those_of_all_samples():
    """Subsets of samples keep the classes that all of them made, so only classes of equality are brought down."""
    assert not metric("semantic_entropy", rarefy=5).depends_on_n
    assert metric("semantic_entropy", rarefy=5, equivalence="lexical").depends_on_n
