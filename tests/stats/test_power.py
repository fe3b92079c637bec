import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats import power
from evalkit.stats.proportion import all_equal_lower, clopper_pearson, commonest_share_lower
from evalkit.stats.ustatistic import jackknife_variance, pair_interval

SHARE = st.floats(0.5, 0.995)
ZETA = st.floats(0.001, 0.1)
DELTA = st.floats(0.01, 0.5)
PROMPTS = st.integers(1, 50)


@given(SHARE)
def test_a_bound_is_reached_at_n_and_not_before(share):
    """So many equal samples are enough, and one fewer is not."""
    n, pairs = power.n_for_lower_bound(share), power.n_for_agreement_bound(share)
    assert all_equal_lower(n) >= share - 1e-9 > all_equal_lower(max(1e-3, n - 1 - 1e-6)) - 2e-9
    assert all_equal_lower((pairs - 1) / 2) >= share - 1e-9
    assert pairs in {2 * n, 2 * n + 1}


@pytest.mark.parametrize(("share", "n"), [(0.3, 4), (0.5, 6), (0.9, 29), (0.95, 59), (0.99, 299)])
def test_so_many_equal_samples_show_how_common_the_commonest_is(share, n):
    """So many reach the share, and one fewer does not; from a half on as if the answer had been named."""
    assert power.n_for_commonest_share(share) == n
    assert commonest_share_lower(n, n) >= share > commonest_share_lower(n - 1, n - 1)


def test_agreement_of_equal_samples_is_bounded_as_measured():
    """The interval of 118 equal samples reaches 0.95, as the calculator says."""
    n = power.n_for_agreement_bound(0.95)
    assert n == 118
    assert pair_interval(np.ones((n, n)), equality=True)[0] >= 0.95


def test_five_and_twenty_equal_samples_say_little():
    """One-sided lower bounds of pair agreement at 5, 20 and 100 equal samples."""
    bounds = [all_equal_lower((n - 1) / 2) for n in (5, 20, 100)]
    assert bounds == pytest.approx([0.224, 0.730, 0.941], abs=5e-4)


@given(SHARE, st.integers(1, 200))
def test_a_proof_of_the_truth_itself_is_seldom(truth, n):
    """A share is proved to be at least what it is with a chance of 5 % at most: the test keeps its level."""
    assert power.chance_of_proof(truth, n, truth) <= 0.05 + 1e-9


@given(st.floats(0.5, 0.9), st.sampled_from([0.5, 0.8, 0.95]))
def test_samples_that_prove_are_the_fewest(at_least, wanted):
    """At n the chance is reached, and at no smaller number."""
    n = power.n_for_proof(0.97, at_least, power=wanted)
    assert power.chance_of_proof(0.97, n, at_least) >= wanted
    assert all(power.chance_of_proof(0.97, fewer, at_least) < wanted for fewer in range(1, n))


def test_a_proof_is_the_exact_interval():
    """Of 124 samples, 122 successes prove 0.95, and 121 do not."""
    assert power.n_for_proof(0.99, 0.95) == 124
    assert clopper_pearson(122, 124, level=0.9)[0] >= 0.95 > clopper_pearson(121, 124, level=0.9)[0]


def test_what_is_not_so_can_not_be_proved():
    """A share at or below the one to be proved has no number of samples."""
    with pytest.raises(ValueError, match="can not be proved"):
        power.n_for_proof(0.95, 0.95)


@pytest.mark.parametrize(
    ("n_prompts", "n", "low", "high"),
    [(1, 20, 0.25, 0.31), (5, 20, 0.11, 0.14), (20, 10, 0.08, 0.10), (20, 20, 0.056, 0.07), (50, 10, 0.05, 0.062)],
)
def test_detectable_differences_of_edit_distance(n_prompts, n, low, high):
    """At a zeta1 of 0.02 to 0.03 the detectable differences are as known from simulation."""
    found = [power.detectable_difference(n_prompts, n, zeta1) for zeta1 in (0.02, 0.03)]
    assert low - 5e-3 <= found[0] < found[1] <= high + 5e-3


@given(PROMPTS, st.integers(8, 60), ZETA)
def test_a_detectable_difference_is_seen_as_often_as_said(n_prompts, n, zeta1):
    """Power at the detectable difference is the power asked for."""
    delta = power.detectable_difference(n_prompts, n, zeta1, power=0.9)
    assert power.power_of_difference(delta, n_prompts, n, zeta1) == pytest.approx(0.9, abs=1e-4)


@given(DELTA, PROMPTS, ZETA)
def test_samples_for_a_difference_are_enough(delta, n_prompts, zeta1):
    """At n the difference is detectable, and at one fewer it is not, unless n is the least."""
    n = power.n_for_difference(delta, n_prompts, zeta1)
    assert power.detectable_difference(n_prompts, n, zeta1) <= delta + 1e-9
    assert n == 2 or power.detectable_difference(n_prompts, n - 1, zeta1) > delta - 1e-9


@given(DELTA, st.integers(2, 50), st.integers(2, 50), ZETA, st.one_of(st.none(), st.floats(0, 0.2)))
def test_power_is_monotone(delta, n_prompts, n, zeta1, sigma_b):
    """More of a difference, more prompts and more samples never lower the power, and it is at least the level."""
    power_at = power.power_of_difference
    found = power_at(delta, n_prompts, n, zeta1, sigma_b=sigma_b)
    assert 0.05 - 1e-6 <= found <= 1.0
    assert power_at(1.1 * delta, n_prompts, n, zeta1, sigma_b=sigma_b) >= found - 1e-6
    assert power_at(delta, n_prompts + 1, n, zeta1, sigma_b=sigma_b) >= found - 1e-6
    assert power_at(delta, n_prompts, n + 1, zeta1, sigma_b=sigma_b) >= found - 1e-6


def test_other_prompts_cost_power():
    """A claim about prompts like these has less power than one about these, and less as they differ more."""
    these = power.power_of_difference(0.1, 20, 10, 0.025)
    like_these = [power.power_of_difference(0.1, 20, 10, 0.025, sigma_b=sigma) for sigma in (0.0, 0.1, 0.2)]
    assert these > like_these[0] > like_these[1] > like_these[2]


def test_power_for_other_prompts_is_what_t_tests_have():
    """The share of simulated paired t tests that reject is the power computed."""
    from evalkit.stats.student import quantile

    rng = np.random.default_rng(8)
    differences = rng.normal(0.1, np.sqrt(8 * 0.025 / 10 + 0.01), (4000, 12))
    t = differences.mean(axis=1) / (differences.std(axis=1, ddof=1) / np.sqrt(12))
    expected = power.power_of_difference(0.1, 12, 10, 0.025, sigma_b=0.1)
    assert np.mean(np.abs(t) > quantile(0.95, 11)) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("n_prompts", "zeta1", "sigma_b"), [(5, 0.0, None), (1, 0.02, 0.1)])
def test_power_without_ground_is_refused(n_prompts, zeta1, sigma_b):
    """Nothing that varies, or one prompt to speak of others: no power is claimed."""
    with pytest.raises(ValueError, match=r"power|prompts"):
        power.power_of_difference(0.1, n_prompts, 10, zeta1, sigma_b=sigma_b)


def test_equal_answers_prove_little_equality():
    """One prompt of equal answers takes 118 samples a side for a margin of 0.05; twenty prompts take a few."""
    assert power.n_for_equivalence(0.05, 1, 0.0) == 118
    assert power.n_for_equivalence(0.05, 20, 0.0) == 7


@given(st.floats(0.02, 0.3), PROMPTS, ZETA)
def test_equivalence_takes_more_for_less(delta, n_prompts, zeta1):
    """A smaller margin, fewer prompts or more variance never take fewer samples."""
    n = power.n_for_equivalence(delta, n_prompts, zeta1)
    assert power.n_for_equivalence(delta / 2, n_prompts, zeta1) >= n
    assert power.n_for_equivalence(delta, n_prompts + 1, zeta1) <= n
    assert power.n_for_equivalence(delta, n_prompts, 2 * zeta1) >= n


def test_equivalence_is_shown_as_often_as_said():
    """Two normal one-sided tests at that n succeed together in four of five experiments between equal cells."""
    n = power.n_for_equivalence(0.05, 20, 0.025)
    error = np.sqrt(8 * 0.025 / (n * 20))
    shown = np.abs(np.random.default_rng(9).normal(0.0, error, 20_000)) + 1.645 * error < 0.05
    assert shown.mean() == pytest.approx(0.8, abs=0.03)


def test_a_pilot_is_the_jackknife():
    """A pilot averages n / 4 of the prompts' variances, and nothing can be averaged over no prompt."""
    rng = np.random.default_rng(10)
    values = [rng.random(n) for n in (5, 9)]
    variances = [jackknife_variance(np.abs(v[:, None] - v[None, :])) for v in values]
    expected = (5 * variances[0] + 9 * variances[1]) / 8
    assert power.zeta1_of(variances, [5, 9]) == pytest.approx(expected)
    with pytest.raises(ValueError, match="no prompt"):
        power.zeta1_of([], [])
