"""The power of the interval that is really made."""

import numpy as np
import pytest

from evalkit.stats.guarded_power import least_difference, least_n, power_of_interval
from evalkit.stats.paired import Side, difference_on_these
from evalkit.stats.power import power_of_difference
from evalkit.stats.ustatistic import jackknife_variance


def test_many_samples_need_no_guard():
    """Where pairs are many, the power is that of a normal interval, or a little less."""
    guarded = power_of_interval(0.05, 0.5, 10, 100, 0.06)
    plain = power_of_difference(0.05, 10, 100, 0.06)
    assert plain - 0.05 < guarded <= plain + 0.01


def test_few_alike_samples_show_less_than_their_variance_says():
    """An interval that claims no more trials than pairs is wide, however little the pairs vary."""
    assert power_of_interval(-0.0837, 0.606, 6, 8, 0.00282) < 0.2
    assert power_of_difference(0.0837, 6, 8, 0.00282) > 0.9


@pytest.mark.parametrize("n", [12, 30])
def test_the_predicted_share_of_comparisons_excludes_zero(n):
    """Simulated samples of a graded distance are told apart as often as is said."""
    rng, n_prompts, runs = np.random.default_rng(5), 4, 300

    def side(spread):
        values, variances = [], []
        for _ in range(n_prompts):
            places = rng.beta(2, 2, size=n) * spread
            matrix = np.abs(places[:, None] - places[None, :]) ** 0.5
            values.append(matrix.sum() / (n * (n - 1)))
            variances.append(jackknife_variance(matrix))
        return Side(values, variances, [n] * n_prompts)

    big = [side(1.0) for _ in range(300)]
    value = float(np.mean([np.mean(each.values) for each in big]))
    zeta1 = float(np.mean([np.mean(each.variances) for each in big])) * n / 4.0
    delta = value * (0.8**0.5 - 1.0)
    seen = [difference_on_these(side(0.8), side(1.0), rng).ends for _ in range(runs)]
    share = sum(ends is not None and ends[1] < 0.0 for ends in seen) / runs
    assert share == pytest.approx(power_of_interval(delta, value, n_prompts, n, zeta1), abs=0.12)


def test_the_fewest_samples_and_the_least_difference_reach_the_power():
    """What is asked for is reached there, and not just before."""
    n = least_n(lambda n: power_of_interval(0.1, 0.4, 5, n, 0.03), 0.8)
    assert power_of_interval(0.1, 0.4, 5, n, 0.03) >= 0.8 > power_of_interval(0.1, 0.4, 5, n - 1, 0.03)
    least = least_difference(lambda delta: power_of_interval(delta, 0.4, 5, 20, 0.03), 0.8, most=0.6)
    assert power_of_interval(least, 0.4, 5, 20, 0.03) == pytest.approx(0.8, abs=1e-3)


def test_what_no_number_shows_has_no_number():
    """A power that is never reached gives None."""
    assert least_n(lambda _: 0.5, 0.8) is None
