"""Metrics of equal answers where the reference values and they part: what is refused, and why."""

from __future__ import annotations

import pytest

from evalkit.metrics.base import bind
from evalkit.metrics.chao1_richness import chao1_richness
from evalkit.metrics.distinct_at_k import distinct_at_k
from evalkit.metrics.entropy import entropy
from evalkit.nouns import Undefined

SETS = ("cjk", "disjoint", "identical", "short_answers", "single")
SEVERAL = SETS[:-1]


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
        ("plug_in", "shannon_plugin_nats"),
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
