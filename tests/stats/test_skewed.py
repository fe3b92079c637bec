"""The interval of a mean with a tail."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.skewed import skewed_mean_interval

VALUES = st.lists(st.floats(0, 1000, allow_nan=False).map(lambda x: round(x, 3)), min_size=2, max_size=30)


def test_equal_values_have_none():
    """Without a spread nothing is known, and one value has none."""
    assert skewed_mean_interval([3.0, 3.0, 3.0]) is None
    assert skewed_mean_interval([3.0]) is None


def test_logarithmic_ends_by_hand():
    """Of 1 and 3 the mean is 2 with standard error 1: the scale log(1 + x) stretches by exp(t / 3)."""
    factor = np.exp(12.706204736432095 / 3)
    assert skewed_mean_interval([1.0, 3.0]) == pytest.approx((0.0, 3 * factor - 1))


@settings(deadline=None)
@given(VALUES, st.floats(-50, 50))
def test_it_moves_with_its_bound(values, shift):
    """Values and bound moved alike move the interval alike."""
    moved = skewed_mean_interval([v + shift for v in values], low=shift)
    plain = skewed_mean_interval(values)
    if plain is None or moved is None:
        assert np.ptp(values) < 1e-9
    else:
        assert moved == pytest.approx([end + shift for end in plain], rel=1e-4, abs=1e-4)


@settings(deadline=None)
@given(VALUES)
def test_it_holds_the_mean_above_its_bound(values):
    """The mean lies inside, the lower end not below the bound, and the order of values does not count."""
    ends = skewed_mean_interval(values)
    if ends is not None:
        assert 0.0 <= ends[0] <= np.mean(values) <= ends[1]
        assert skewed_mean_interval(values[::-1]) == ends


def test_it_covers_a_skewed_mean_where_a_plain_interval_does_not():
    """Of exponential values squared, n = 20, it holds the mean in 88 % or more of experiments, a t interval in 80 %."""
    from evalkit.stats.student import mean_interval

    rng = np.random.default_rng(7)
    drawn = rng.exponential(size=(400, 20)) ** 2
    ours, plain = (
        np.mean([ends[0] <= 2.0 <= ends[1] for ends in map(interval, drawn)])
        for interval in (skewed_mean_interval, mean_interval)
    )
    assert ours >= 0.88 > plain + 0.05


@pytest.mark.parametrize("tail", [lambda rng: rng.lognormal(0, 1, 2_500), lambda rng: rng.poisson(60, 2_500) * 1.0])
def test_thousands_of_values_have_the_ends_that_draws_would_give(tail):
    """Whether they are all different or come again and again: as far as 1,999 draws of each of them can tell."""
    rng = np.random.default_rng(5)
    values = tail(rng)
    weights = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=1_999)
    means = weights @ values / len(values)
    variances = weights @ values**2 / len(values) - means**2
    drawn = np.quantile((means - values.mean()) / np.sqrt(variances), [0.025, 0.975])
    ends = skewed_mean_interval(values)
    spread = values.std() / np.sqrt(len(values))
    assert ends[0] == pytest.approx(values.mean() - drawn[1] * values.std(), abs=0.2 * spread)
    assert ends[1] == pytest.approx(values.mean() - drawn[0] * values.std(), abs=0.2 * spread)
