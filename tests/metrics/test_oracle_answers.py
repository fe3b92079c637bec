"""Metrics of equal answers against values computed by other people's code, at each normaliser and order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalkit.metrics.base import bind
from evalkit.metrics.chao1_richness import chao1_richness
from evalkit.metrics.distinct_at_k import distinct_at_k
from evalkit.metrics.distinct_valid_at_k import distinct_valid_at_k
from evalkit.metrics.entropy import entropy
from evalkit.metrics.exact_agreement import exact_agreement
from evalkit.metrics.modal_share import modal_share
from evalkit.metrics.pass_at_k import pass_at_k
from evalkit.metrics.pass_hat_k import pass_hat_k
from evalkit.metrics.total_agreement import total_agreement
from evalkit.metrics.unique_share import unique_share
from evalkit.nouns import Undefined
from evalkit.text.classes import class_counts
from evalkit.text.levels import level_of

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
SEVERAL = SETS[:-1]
NORMALISERS = {
    **{name: level_of(name) for name in ("raw", "nfc_strip", "loose")},
    "tar_v1": lambda text: text.lower().strip(),
}


@pytest.fixture
def agreement(oracle):
    """Return a function of a set and a normaliser: its normalised texts and the reference values."""

    def look(name, normaliser):
        of_set = oracle["sets"][name]
        texts = [NORMALISERS[normaliser](text) for text in of_set["texts"]]
        return texts, of_set["metrics"]["agreement"][normaliser]

    return look


@pytest.mark.parametrize("normaliser", NORMALISERS)
@pytest.mark.parametrize("name", SETS)
def test_agreement_matches(agreement, of_prepared, name, normaliser):
    """Number of samples, counts, shares and agreement are the reference ones, with each of four normalisers."""
    texts, known = agreement(name, normaliser)

    assert len(texts) == known["n"]
    assert class_counts(texts) == known["counts_desc"]
    assert of_prepared(total_agreement, texts) == known["all_agree"]
    assert of_prepared(modal_share, texts) == pytest.approx(known["modal_share"], abs=1e-9)
    assert of_prepared(unique_share, texts) == pytest.approx(known["unique_fraction"], abs=1e-9)
    assert of_prepared(unique_share, texts) * len(texts) == pytest.approx(known["unique"], abs=1e-9)


@pytest.mark.parametrize("normaliser", NORMALISERS)
@pytest.mark.parametrize("name", SEVERAL)
def test_pairs_match_without_the_bias_of_the_plug_in(agreement, of_prepared, name, normaliser):
    """Agreement of pairs is the unbiased one; the sum of squared shares, which is larger, is only given with q = 2."""
    texts, known = agreement(name, normaliser)
    plugin = known["pair_agreement_plugin_biased"]

    assert of_prepared(exact_agreement, texts) == pytest.approx(known["pair_agreement"], abs=1e-9)
    assert known["pair_agreement"] <= plugin
    assert sum((count / len(texts)) ** 2 for count in class_counts(texts)) == pytest.approx(plugin, abs=1e-9)


@pytest.mark.parametrize(
    ("q", "key"), [(0.0, "hill_q0"), (1.0, "hill_q1_plugin"), (math.inf, "hill_qinf_plugin"), (0, "S_obs")]
)
@pytest.mark.parametrize("name", SEVERAL)
def test_hill_numbers_match(oracle, of_cell, name, q, key):
    """The orders that the sample itself has are the reference ones."""
    of_set = oracle["sets"][name]

    assert of_cell("hill_number", of_set["texts"], q=q) == pytest.approx(of_set["metrics"]["hill_raw"][key], abs=1e-9)


@pytest.mark.parametrize("name", SEVERAL)
def test_hill_number_of_order_2_matches(oracle, of_cell, name):
    """Order 2 is one over the unbiased concentration, and has no value where that is 0."""
    texts, known = oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"]["hill_raw"]
    value = known["hill_q2_unbiased_inverse"]

    if value is None:
        assert known["simpson_concentration_unbiased"] == 0.0
        with pytest.raises(Undefined, match="no two samples agree"):
            of_cell("hill_number", texts)
    else:
        assert of_cell("hill_number", texts) == pytest.approx(value, abs=1e-9)
        assert 1 / value == pytest.approx(known["simpson_concentration_unbiased"], abs=1e-9)
        assert value >= known["hill_q2_plugin"] - 1e-9


@pytest.mark.parametrize("name", SEVERAL)
def test_coverage_and_extrapolation_match(oracle, of_cell, name):
    """What the next sample is, what twice as many hold and what fewer hold are the reference values."""
    texts, known = oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"]["hill_raw"]

    assert of_cell("sample_coverage", texts) == pytest.approx(known["coverage_chao_jost"], abs=1e-9)
    assert of_cell("extrapolated_distinct", texts) == pytest.approx(known["extrapolated_richness_2n"], abs=1e-9)
    for m, value in known["rarefied_richness"].items():
        assert of_cell("extrapolated_distinct", texts, m=int(m)) == pytest.approx(value, abs=1e-9)
        assert bind(distinct_at_k, {"k": int(m)}).function(texts) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("name", SEVERAL)
def test_richness_matches_or_is_refused(oracle, name):
    """Chao1 is the reference value, unless every sample is an answer of its own: then only ``> n`` is known."""
    texts, known = oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"]["hill_raw"]

    if known["f1"] == known["n"]:
        with pytest.raises(Undefined, match=f"> {known['n']}"):
            chao1_richness.function(texts)
    else:
        assert chao1_richness.function(texts) == pytest.approx(known["chao1_classic"], abs=1e-9)


@pytest.mark.parametrize(
    ("estimator", "key"),
    [
        ("chao_wang_jost", "entropy_chao_wang_jost"),
        ("chao_shen", "entropy_chao_shen"),
        ("miller_madow", "entropy_miller_madow"),
        ("plugin", "shannon_plugin_nats"),
    ],
)
@pytest.mark.parametrize("name", SEVERAL)
def test_entropy_matches_or_is_refused(oracle, name, estimator, key):
    """Each estimator gives the reference value, unless coverage is below one half: the reason then names it."""
    texts, known = oracle["sets"][name]["texts"], oracle["sets"][name]["metrics"]["hill_raw"]
    metric = bind(entropy, {"estimator": estimator})

    if known["coverage_chao_jost"] < 0.5:
        with pytest.raises(Undefined, match=f"{known['coverage_chao_jost']:.2g} of what the source says"):
            metric.function(texts)
    else:
        assert metric.function(texts) == pytest.approx(known[key], abs=1e-9)


@pytest.mark.parametrize("k", [2, 5, 10, 20])
def test_at_k_matches(oracle, of_cell, k):
    """Of twenty short answers each of the three numbers is the reference one, at every k."""
    texts, known = oracle["sets"]["short_answers"]["texts"], oracle["inference"]["at_k_from_n20_short_answers"]
    judged = [(text, float(known["valid"][text])) for text in texts]
    valid = bind(distinct_valid_at_k, {"k": k}).function(judged)

    assert of_cell("tar_at_k", texts, k=k) == pytest.approx(known["tar_at_k"][str(k)], abs=1e-9)
    assert bind(distinct_at_k, {"k": k}).function(texts) == pytest.approx(known["distinct_at_k"][str(k)], abs=1e-9)
    assert valid == pytest.approx(known["distinct_valid_at_k"][str(k)], abs=1e-9)


@pytest.mark.parametrize(("metric", "key"), [(pass_at_k, "pass_at_k"), (pass_hat_k, "pass_hat_k_all_succeed")])
def test_passes_match(oracle, metric, key):
    """The chance that one, and that all, of k tries are right are the reference values."""
    for case, value in oracle["inference"][key].items():
        n, right, k = (int(part.partition("=")[2]) for part in case.split(","))
        qualities = np.array([1.0] * right + [0.0] * (n - right))

        assert bind(metric, {"k": k}).function(qualities) == pytest.approx(value, abs=1e-9), case
