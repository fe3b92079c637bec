import math
from collections import Counter
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.entropy import (
    chao_shen_entropy,
    chao_wang_jost_entropy,
    miller_madow_entropy,
    plug_in_entropy,
    supports_entropy,
)
from evalkit.stats.richness import hill_number, singleton_detection

COUNTS = st.lists(st.integers(1, 30), min_size=1, max_size=12).filter(lambda counts: sum(counts) > 1)
ESTIMATORS = {
    "shannon_plugin_nats": plug_in_entropy,
    "entropy_miller_madow": miller_madow_entropy,
    "entropy_chao_shen": chao_shen_entropy,
    "entropy_chao_wang_jost": chao_wang_jost_entropy,
}


@pytest.mark.parametrize("name", ["cjk", "disjoint", "identical", "short_answers"])
@pytest.mark.parametrize("key", ESTIMATORS)
def test_is_the_reference(name, key, sets):
    """Each estimator gives the reference value of each set."""
    counts = list(Counter(sets[name]["texts"]).values())
    assert ESTIMATORS[key](counts) == pytest.approx(sets[name]["metrics"]["hill_raw"][key], abs=1e-9)


@given(COUNTS)
def test_corrections_only_add(counts):
    """No correction takes away from the plug-in, which is the logarithm of the Hill number of order 1."""
    value = plug_in_entropy(counts)
    assert value == pytest.approx(math.log(hill_number(counts, 1)), abs=1e-12)
    assert all(ESTIMATORS[key](counts) >= value - 1e-12 for key in ("entropy_miller_madow", "entropy_chao_wang_jost"))


@given(COUNTS)
def test_tail_keeps_its_digits(counts):
    """The estimate is the published formula, summed in as many digits as it takes."""
    n, once = sum(counts), counts.count(1)
    with localcontext(prec=200):
        a = Decimal(singleton_detection(counts))
        met = sum(Decimal(c) / n * sum((1 / Decimal(k) for k in range(c, n)), Decimal(0)) for c in counts)
        rest = -a.ln() - sum(((1 - a) ** r / r for r in range(1, n)), Decimal(0))
        exact = met + (once * (1 - a) ** (1 - n) * rest / n if 0 < a < 1 else 0)
    assert chao_wang_jost_entropy(counts) == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


def test_nearer_to_the_truth_than_the_plug_in():
    """On samples of 50 of a source of 4 nats the bias of Chao, Wang and Jost is less than half the plug-in's."""
    rng = np.random.default_rng(7)
    p = np.arange(1, 151.0) ** -0.8
    p /= p.sum()
    truth = -(p * np.log(p)).sum()
    samples = [[int(c) for c in sample if c] for sample in rng.multinomial(50, p, size=300)]
    bias = {key: np.mean([estimate(sample) for sample in samples]) - truth for key, estimate in ESTIMATORS.items()}
    assert abs(bias["entropy_chao_wang_jost"]) < 0.5 * abs(bias["shannon_plugin_nats"])


@pytest.mark.parametrize(
    ("counts", "told"),
    [([1] * 10, False), ([1], False), ([], False), ([5, 5], True), ([10], True), ([2, 2] + [1] * 9, False)],
)
def test_refuses_where_half_is_unseen(counts, told):
    """An entropy is told only where the next answer is likely one already seen."""
    assert supports_entropy(counts) is told


def test_of_nothing_there_is_none():
    """Nothing has no entropy; one answer has no accumulation curve."""
    assert [estimate([]) for estimate in ESTIMATORS.values()] == [None] * 4
    assert chao_wang_jost_entropy([1]) is None


def test_of_one_class_it_is_zero_and_not_minus_zero():
    """Equal answers have entropy 0, printed without a sign."""
    assert [str(estimate([6])) for estimate in ESTIMATORS.values()] == ["0.0"] * 4
