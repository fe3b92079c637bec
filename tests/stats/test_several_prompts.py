import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.proportion import clopper_pearson
from evalkit.stats.several_prompts import prompts_like_these, satterthwaite, these_prompts, variance_components
from evalkit.stats.student import mean_interval, quantile

KNOWN = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.25), st.integers(2, 30)), min_size=2, max_size=12)


def test_components_of_the_reference(inference):
    """What the prompts differ by is their variance less what their samples explain."""
    known = inference["several_prompts_pair_agreement"]
    found = variance_components(known["per_prompt_U"], known["per_prompt_jackknife_var"])
    assert found.within == pytest.approx(0.0237777777777777777)
    assert found.between == pytest.approx(5 * known["random_prompts"]["se"] ** 2 - found.within)


def test_components_are_never_negative():
    """Prompts that differ less than their samples explain have no spread of their own."""
    assert variance_components([0.5, 0.5, 0.6], [0.1, 0.1, 0.1]).between == 0.0


def test_satterthwaite_by_hand():
    """Equal terms add their degrees of freedom; one term alone keeps its own; none are known for sure."""
    assert satterthwaite([2.0, 2.0], [9, 9]) == pytest.approx(18)
    assert satterthwaite([0.0, 3.0], [9, 4]) == pytest.approx(4)
    assert satterthwaite([0.0, 0.0], [9, 4]) == math.inf
    assert satterthwaite([1e-200, 1e-200], [9, 9]) == pytest.approx(18)


def test_all_alike_counts_disjoint_pairs():
    """Twenty prompts of twenty equal answers: 190 trials, so the lower end is 0.025 to the power of 1/190."""
    found = these_prompts([1.0] * 20, [0.0] * 20, [20] * 20)
    assert found.ends == pytest.approx((0.025 ** (1 / 190), 1.0))


def test_all_alike_over_samples_counts_samples():
    """A mean over samples has as many trials as samples."""
    assert these_prompts([0.0] * 3, [0.0] * 3, [10] * 3, pairs=False).ends == pytest.approx(clopper_pearson(0, 30))


def test_settled_prompts_that_differ_keep_an_interval():
    """Prompts that never vary but lie at both bounds leave the mean open."""
    assert these_prompts([0.0, 1.0], [0.0, 0.0], [5, 5]).ends == pytest.approx(clopper_pearson(2, 4))


def test_few_samples_of_one_prompt_leave_it_open():
    """Many equal answers of one prompt do not vouch for another that has few."""
    even = these_prompts([1.0, 1.0], [0.0, 0.0], [50, 50]).ends
    uneven = these_prompts([1.0, 1.0], [0.0, 0.0], [96, 4]).ends
    assert uneven[0] < even[0]


def test_a_prompt_of_few_samples_is_not_hidden_by_the_others():
    """Two answers that happen to agree widen the interval of a mean over prompts of twenty."""
    known = these_prompts([0.5] * 6, [0.003] * 6, [20] * 6).ends
    hidden = these_prompts([1.0, *[0.5] * 5], [0.0, *[0.003] * 5], [2, *[20] * 5])
    assert hidden.value - hidden.ends[0] > 1.5 * (0.5 - known[0])
    assert hidden.value - hidden.ends[0] >= (1.0 - clopper_pearson(0.5, 0.5)[0]) / 6


def test_unequal_numbers_that_are_not_few_change_little():
    """Nineteen answers in place of twenty hardly move the interval."""
    even = these_prompts([0.3, 0.6], [0.01, 0.01], [20, 20]).ends
    assert these_prompts([0.3, 0.6], [0.01, 0.01], [19, 20]).ends == pytest.approx(even, abs=0.003)


def test_equal_prompts_are_so_many_trials():
    """Ten prompts with one value: a new one has it with a chance of 0.05 to the power of 1/10 or more."""
    assert prompts_like_these([1.0] * 10).ends == pytest.approx((0.05**0.1, 1.0))


def test_without_bounds_it_is_students():
    """A value without bounds has t ends over prompts."""
    values = [1.0, 4.0, 7.0, 9.5]
    found = prompts_like_these(values, bounds=(-math.inf, math.inf))
    assert found.ends == pytest.approx(mean_interval(values))
    fixed = these_prompts(values, [0.5] * 4, [5] * 4, bounds=(0.0, math.inf))
    half = quantile(0.95, 16) * math.sqrt(2.0 / 16)
    assert fixed.ends == pytest.approx((fixed.value - half, fixed.value + half))


def test_without_bounds_and_spread_there_is_none():
    """Equal values without bounds have no interval, rather than one without width."""
    assert prompts_like_these([3.0] * 4, bounds=(0.0, math.inf)).ends is None
    assert these_prompts([3.0] * 4, [0.0] * 4, [5] * 4, bounds=(0.0, math.inf)).ends is None


def test_bounds_only_rescale():
    """A score from 1 to 5 has the interval of its share of the range."""
    values, variances = [0.2, 0.5, 0.9], [0.01, 0.02, 0.01]
    low, high = these_prompts(values, variances, [8] * 3).ends
    scaled = these_prompts([1 + 4 * v for v in values], [16 * v for v in variances], [8] * 3, bounds=(1.0, 5.0))
    assert scaled.ends == pytest.approx((1 + 4 * low, 1 + 4 * high))


@given(KNOWN, st.booleans())
def test_never_without_width_never_outside(known, pairs):
    """Whatever the prompts, both intervals have width, stay in the bounds and hold the mean."""
    values, variances, sizes = zip(*known, strict=True)
    for found in (these_prompts(values, variances, sizes, pairs=pairs), prompts_like_these(values)):
        low, high = found.ends
        assert 0.0 <= low <= found.value + 1e-9
        assert found.value - 1e-9 <= high <= 1.0
        assert low < high


@given(KNOWN, st.randoms())
def test_prompts_have_no_order(known, random):
    """The order of the prompts does not matter."""
    shuffled = random.sample(known, len(known))
    ours, theirs = (these_prompts(*zip(*each, strict=True)).ends for each in (known, shuffled))
    assert ours == pytest.approx(theirs, abs=1e-9)
