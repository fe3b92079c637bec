import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.at_k import distinct_at_k, tar_at_k
from evalkit.stats.richness import (
    chao1,
    concentration,
    coverage,
    extrapolated_richness,
    good_turing_coverage,
    hill_number,
    unbiased_hill_2,
)

COUNTS = st.lists(st.integers(1, 30), min_size=1, max_size=12)
SETS = ("cjk", "disjoint", "identical", "short_answers")


@pytest.mark.parametrize("name", SETS)
def test_is_the_reference(name, sets):
    """Every richness, coverage and Hill number of a set is the reference value, and the same ones do not exist."""
    known = sets[name]["metrics"]["hill_raw"]
    counts = list(Counter(sets[name]["texts"]).values())
    ours = {
        "S_obs": len(counts),
        "n": sum(counts),
        "f1": counts.count(1),
        "f2": counts.count(2),
        "chao1_classic": chao1(counts),
        "chao1_bias_corrected_no_fpc": chao1(counts, bias_corrected=True),
        "coverage_chao_jost": coverage(counts),
        "good_turing_coverage": good_turing_coverage(counts),
        "extrapolated_richness_2n": extrapolated_richness(counts, sum(counts)),
        "hill_q0": hill_number(counts, 0),
        "hill_q1_plugin": hill_number(counts, 1),
        "hill_q2_plugin": hill_number(counts, 2),
        "hill_qinf_plugin": hill_number(counts, math.inf),
        "hill_q2_unbiased_inverse": unbiased_hill_2(counts),
        "simpson_concentration_unbiased": concentration(counts),
    }
    for key, value in ours.items():
        assert value == (None if known[key] is None else pytest.approx(known[key], abs=1e-9)), key
    for m, expected in known["rarefied_richness"].items():
        assert distinct_at_k(counts, int(m)) == pytest.approx(expected, abs=1e-9)


@given(COUNTS, st.lists(st.floats(0, 60), min_size=2, max_size=5))
def test_hill_numbers_fall_with_the_order(counts, orders):
    """The higher the order the fewer effective answers, from the classes down to the largest share's inverse."""
    values = [hill_number(counts, q) for q in [0, *sorted(orders), math.inf]]
    assert values[0] == pytest.approx(len(counts))
    assert values[-1] == pytest.approx(sum(counts) / max(counts))
    assert all(b <= a * (1 + 1e-9) for a, b in pairwise(values))


@given(COUNTS, st.sampled_from([0, 0.5, 1, 2, 3, math.inf]), st.integers(2, 5))
def test_copies_of_the_whole_sample(counts, q, copies):
    """Plug-ins see shares only: saying everything twice changes nothing; doubling the classes doubles the number."""
    assert hill_number([c * copies for c in counts], q) == pytest.approx(hill_number(counts, q))
    assert hill_number(counts * copies, q) == pytest.approx(copies * hill_number(counts, q))


@given(st.integers(1, 40), st.sampled_from([0, 0.5, 1, 2, 7, math.inf]))
def test_equal_classes_count_as_themselves(classes, q):
    """Equally large classes are their own effective number at every order."""
    assert hill_number([3] * classes, q) == pytest.approx(classes)


@given(COUNTS.filter(lambda counts: sum(counts) > 1))
def test_concentration_is_agreement_of_two(counts):
    """The concentration is TAR at k = 2."""
    assert concentration(counts) == pytest.approx(tar_at_k(counts, 2))


@given(COUNTS.filter(lambda counts: sum(counts) > 1))
def test_estimates_stay_in_their_ranges(counts):
    """Coverage is a chance; Chao1 is no less than what was seen; extrapolation rises from the one to the other."""
    seen, n = len(counts), sum(counts)
    assert 0.0 <= coverage(counts) <= 1.0
    assert good_turing_coverage(counts) <= coverage(counts) + 1e-12
    assert chao1(counts) >= seen
    curve = [extrapolated_richness(counts, more) for more in range(n + 1)]
    assert curve[0] == seen
    assert curve == sorted(curve)
    assert curve[-1] <= chao1(counts) + 1e-9


def test_coverage_estimates_the_chance_of_the_known():
    """Over many samples of a known source the mean estimate is within 0.03 of the true coverage."""
    rng, p = np.random.default_rng(5), np.array([0.4, 0.2, 0.1] + [0.03] * 10)
    samples = rng.multinomial(20, p, size=2000)
    estimates = np.mean([coverage(sample.tolist()) for sample in samples])
    truth = np.mean([p[sample > 0].sum() for sample in samples])
    assert estimates == pytest.approx(truth, abs=0.03)


def test_what_does_not_exist_is_not_zero():
    """Nothing has no number; one answer no coverage and no concentration; no equal pair no inverse."""
    assert (hill_number([], 1), chao1([]), good_turing_coverage([]), extrapolated_richness([], 0)) == (None,) * 4
    assert (coverage([1]), concentration([1]), unbiased_hill_2([1, 1])) == (None,) * 3
    assert extrapolated_richness([2, 1], 4) is None


def test_high_orders_do_not_underflow():
    """Order 2,000 is as good as infinity where powers of shares are below any float."""
    assert hill_number([5, 3, 2], 2000) == pytest.approx(2.0, rel=1e-2)
