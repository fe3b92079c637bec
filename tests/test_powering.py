"""What a pilot tells, and how it is reckoned with."""

import math

import pytest

from evalkit import powering
from evalkit.errors import StatisticsError, UsageError
from evalkit.metrics.exact_agreement import exact_agreement
from evalkit.nouns import Curve, Estimate, Measurement, Point, Trend


def _curve(*points):
    """Return a curve from the (value, variance) of each prompt at each temperature, ten samples each."""
    made = []
    for temperature, cells in enumerate(points):
        measured = tuple(
            Measurement(
                metric="exact_agreement",
                prompt_id=str(i),
                temperature=float(temperature),
                value=value,
                undefined=None,
                n_samples=10,
                variance=variance,
            )
            for i, (value, variance) in enumerate(cells)
        )
        estimate = Estimate(value=0.5, interval=None, n_prompts=len(cells), n_samples=10 * len(cells), method="none")
        made.append(Point(temperature=float(temperature), estimate=estimate, measurements=measured))
    trend = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=2, method="none")
    return Curve(metric=exact_agreement, points=tuple(made), trend=trend)


def test_the_most_variable_temperature_is_planned_for():
    """zeta1 is n v / 4, averaged over prompts, where it is largest."""
    vary = powering.variation(_curve([(1.0, 0.0), (0.9, 0.004)], [(0.5, 0.01), (0.3, 0.02)]))
    assert vary.zeta1 == pytest.approx(10 * 0.015 / 4)
    assert "T = 1" in vary.basis


def test_prompts_differ_in_their_steps():
    """What lies between prompts is the variance of their steps, less what chance within them makes."""
    vary = powering.variation(_curve([(0.9, 0.001), (0.8, 0.001)], [(0.7, 0.001), (0.2, 0.001)]))
    assert vary.sigma_b == pytest.approx(math.sqrt(0.08 - 0.002))
    assert powering.variation(_curve([(0.9, 0.001), (0.8, 0.001)])).sigma_b is None


def test_a_lucky_pilot_is_not_believed():
    """Answers that happen to be alike do not show that nothing varies."""
    vary = powering.variation(_curve([(1.0, 0.0), (1.0, 0.0)]))
    assert vary.zeta1 == powering.LEAST_ZETA1
    assert "by chance" in vary.basis


def test_a_pilot_without_variance_tells_nothing():
    """Cells of too few samples are no pilot."""
    with pytest.raises(StatisticsError, match="too few samples"):
        powering.variation(_curve([(1.0, None)]))


def test_other_prompts_have_their_own_power():
    """Where prompts differ, power for prompts like these is told beside that for these, and is less."""
    vary = powering.Variation(zeta1=0.02, sigma_b=0.1, basis="zeta1 0.02.")
    (one, twenty) = powering.difference(0.1, vary, prompts=(1, 20)).rows
    assert twenty["power_prompts_like_these"] < twenty["power_these_prompts"]
    assert one["power_prompts_like_these"] == "none"


def test_samples_are_never_fewer_than_a_verdict_takes():
    """Fifty prompts could do with two samples, but their variance could not be told."""
    rows = powering.difference(0.2, powering.assumed(), prompts=(50,)).rows
    assert rows[0]["samples"] == powering.FEWEST_SAMPLES


def test_without_a_number_there_is_no_question():
    """A difference or a number of samples must be told."""
    with pytest.raises(UsageError, match="neither"):
        powering.difference(None, powering.assumed())
