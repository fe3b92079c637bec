"""Whether values depend on the order in which they came."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from evalkit.stats.order import DRAWS, order_distance, order_trend, within_blocks
from evalkit.stats.streams import stream


def _alike(values):
    return -np.abs(np.subtract.outer(values, values))


def test_the_trend_is_the_mean_of_rank_correlations():
    """The statistic is Spearman's, ties included, averaged over prompts; one that does not vary says nothing."""
    rng = np.random.default_rng(1)
    blocks = [(np.arange(9.0), rng.integers(0, 4, 9).astype(float)) for _ in range(3)]
    found = order_trend([*blocks, (np.arange(9.0), np.ones(9))], stream(1))
    assert found.statistic == pytest.approx(np.mean([spearmanr(x, y).statistic for x, y in blocks]))
    assert 1 / (DRAWS + 1) <= found.p_value <= 1


def test_what_grows_with_time_is_seen():
    """Values in order of time are as far out as can be; likeness that falls with distance, too."""
    blocks = [(np.arange(12.0), np.arange(12.0))] * 2
    assert order_trend(blocks, stream(1)).p_value == pytest.approx(1 / (DRAWS + 1))
    assert order_trend([(t, -v) for t, v in blocks], stream(1)).statistic == pytest.approx(-1.0)
    found = order_distance([(t, np.exp(8 * _alike(v) / 12)) for t, v in blocks], stream(1))
    assert (found.statistic, found.p_value) == (pytest.approx(1.0), pytest.approx(1 / (DRAWS + 1)))


def test_a_change_there_and_back_is_seen_by_likeness_only():
    """Values that rise and fall again have no trend, but neighbours are alike."""
    hill = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0], dtype=float)
    blocks = [(np.arange(12.0), hill)] * 4
    assert order_trend(blocks, stream(2)).p_value > 0.5
    assert order_distance([(t, _alike(v)) for t, v in blocks], stream(2)).p_value < 0.01


def test_nothing_that_varies_is_no_test():
    """Without two different values, or two different likenesses, there is none."""
    flat = [(np.arange(8.0), np.full(8, 3.3))]
    assert order_trend(flat, stream(1)) is None
    assert order_distance([(t, _alike(v)) for t, v in flat], stream(1)) is None
    assert order_trend([], stream(1)) is None


def test_false_alarms_are_as_rare_as_promised():
    """Of 300 runs in which time means nothing about 5 % are below 0.05 by either test, 8.4 % by a chance of 1 %."""
    rng, alarms = np.random.default_rng(7), np.zeros(2)
    for run in range(300):
        blocks = [(np.arange(8.0), rng.gamma(1.0, size=8).round(1)) for _ in range(3)]
        alarms[0] += order_trend(blocks, stream(run)).p_value <= 0.05
        alarms[1] += order_distance([(t, _alike(v)) for t, v in blocks], stream(run)).p_value <= 0.05
    assert (alarms / 300 < 0.084).all()
    assert (alarms > 0).all()


def test_intervals_leave_out_what_differs_between_prompts():
    """Prompts that differ by a hundred and move alike have narrow intervals; those that do not move have none."""
    rng = np.random.default_rng(3)
    values = 100.0 * np.arange(5)[:, None] + rng.normal(size=(5, 4))
    ends = within_blocks(values)
    assert all(low < mean < high < low + 8 for (low, high), mean in zip(ends, values.mean(axis=0), strict=True))
    assert within_blocks(100.0 * np.arange(5)[:, None] + np.zeros((5, 4))) == [None] * 4
    assert within_blocks(values[:1]) == [None] * 4


def test_intervals_within_prompts_hold_what_they_promise():
    """Of 400 means over eight prompts about 95 % lie in their interval, though prompts differ by far more."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(100):
        shift = 50 * rng.normal(size=(8, 1))
        ends = within_blocks(shift + rng.normal(size=(8, 4)))
        held += sum(low < shift.mean() < high for low, high in ends)
    assert 0.92 < held / 400 < 0.98


@pytest.mark.parametrize("n_other", [900, 3])
def test_many_values_are_tested_as_few_are(n_other):
    """The normal law gives the p-value that orders would; where nearly all values are equal orders are drawn."""
    rng = np.random.default_rng(9)
    n = 1_200
    values = np.zeros(n)
    values[n - n_other :] = rng.random(n_other)
    values[: n - 100] = rng.permutation(values[: n - 100])
    times = np.arange(n, dtype=float)
    found = order_trend([(times, values)], rng)
    ranks = np.argsort(np.argsort(values, kind="stable")) + 0.0
    ranks[values == 0.0] = ranks[values == 0.0].mean()
    null = [abs(np.corrcoef(times, rng.permutation(ranks))[0, 1]) for _ in range(999)]
    assert found.statistic == pytest.approx(np.corrcoef(times, ranks)[0, 1], abs=1e-9)
    assert found.p_value == pytest.approx(np.mean(np.array(null) >= abs(found.statistic)), abs=0.05)
    assert found.n_arrangements == 1_999


def test_thousands_of_values_do_not_fill_the_memory():
    """Where orders must be drawn, they are drawn one by one."""
    values = np.zeros(5_000)
    values[-2:] = 1.0
    found = order_trend([(np.arange(5_000.0), values)], np.random.default_rng(1))
    assert found.p_value < 0.01
