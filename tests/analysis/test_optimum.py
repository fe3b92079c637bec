"""Where a curve is largest, and how well that is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.optimum import optimum
from evalkit.metrics.base import resolve
from evalkit.nouns import Curve, Estimate, Measurement, MetricRequest, Point, Trend

GRID = (0.0, 0.3, 0.7, 1.0, 1.3)
HILL = np.array([0.0, 0.2, 0.5, 0.3, 0.1])


@pytest.fixture
def optimum_of(measured, metric_of):
    """Return a function of rows of values, one for each prompt: the optimum of their curve."""

    def find(rows, temperatures=GRID, **settings):
        cells = measured([list(row) for row in rows], temperatures=temperatures)
        return optimum(curve_of(metric_of("exact_agreement"), cells), **({"seed": 1} | settings))

    return find


def curve_of(metric, cells):
    """Return a curve that holds these measurements and nothing that is inferred from them."""
    nothing = Estimate(value=None, interval=None, n_prompts=0, n_samples=0, method="none")
    trend = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=0, method="none")
    points = [
        Point(temperature=t, estimate=nothing, measurements=tuple(each for each in cells if each.temperature == t))
        for t in sorted({each.temperature for each in cells})
    ]
    return Curve(metric=metric, points=tuple(points), trend=trend)


def shaken(shape, n, *, spread, seed=0):
    """Return (n, t) values: a shape, a level of each prompt, and noise."""
    rng = np.random.default_rng(seed)
    return shape + rng.normal(0.0, 1.0, (n, 1)) + rng.normal(0.0, spread, (n, len(shape)))


@pytest.mark.parametrize(
    ("shape", "spread", "kind", "best"),
    [
        (HILL, 0.05, "interior", 0.7),
        (np.sort(HILL), 0.05, "rises to the end", 1.3),
        (np.sort(HILL)[::-1], 0.05, "best at the edge", 0.0),
        (np.array([0.0, 0.0, 0.0, 0.5, 0.5]), 0.05, "open", None),
        (np.zeros(5), 0.2, "flat", None),
    ],
)
def test_the_kind_follows_the_shape(optimum_of, shape, spread, kind, best):
    """A hill, a rise, a fall, a shelf at the end and a plain, told through the noise of twenty prompts."""
    found = optimum_of(shaken(shape, 20, spread=spread, seed=4))
    assert found.kind == kind
    assert best is None or found.temperature == best
    assert found.low <= found.temperature <= found.high
    assert found.low < found.high
    assert found.n_prompts == 20


def test_a_clear_best_lies_between_its_neighbours(optimum_of):
    """Where all draws agree the interval goes to the temperatures beside it: none is without width."""
    found = optimum_of([HILL] * 6)
    assert (found.temperature, found.low, found.high, found.kind) == (0.7, 0.3, 1.0, "interior")
    edge = optimum_of([np.sort(HILL)] * 6)
    assert (edge.temperature, edge.low, edge.high) == (1.3, 1.0, 1.3)


def test_equal_values_are_flat(optimum_of):
    """A curve of zeros has its best everywhere, not at the first temperature."""
    found = optimum_of([[0.0] * 5] * 6)
    assert (found.kind, found.low, found.high) == ("flat", 0.0, 1.3)


def test_levels_of_prompts_do_not_blur_the_best(optimum_of):
    """Prompts far apart in level but alike in shape agree on the best temperature."""
    rows = HILL + 100.0 * np.arange(8)[:, None]
    assert optimum_of(rows).kind == "interior"


@pytest.mark.parametrize(
    ("rows", "temperatures", "numbers"),
    [([HILL[:2]] * 9, GRID[:2], "2 and 9"), ([HILL] * 4, GRID, "5 and 4"), ([[None] * 5] * 9, GRID, "0 and 0")],
)
def test_too_little_is_no_optimum(optimum_of, rows, temperatures, numbers):
    """With two temperatures, four prompts or no value at all there is none, and the reason says what there is."""
    found = optimum_of(rows, temperatures)
    assert (found.temperature, found.low, found.high, found.kind) == (None, None, None, "unknown")
    assert found.method.startswith("none: ")
    assert numbers in found.method


def test_only_prompts_with_every_value_are_compared(optimum_of):
    """One prompt without a value at 0.7 is left out; a temperature that half of the prompts lack is, too."""
    rows = [list(HILL) for _ in range(10)]
    rows[0][2] = None
    for row in rows[:6]:
        row[4] = None
    found = optimum_of(rows)
    assert (found.n_prompts, found.temperature) == (9, 0.7)
    assert "at 1.3" in found.method


def test_survivors_do_not_move_the_best(optimum_of):
    """Easy prompts that alone reach the last temperatures would lift them; compared within prompts they do not."""
    rows = [list(HILL) for _ in range(5)] + [list(HILL + 10.0) for _ in range(7)]
    for row in rows[:5]:
        row[3] = None
    assert optimum_of(rows).temperature == 0.7


@given(order=st.permutations(range(8)))
@settings(max_examples=10, deadline=None)
def test_the_best_does_not_hang_on_the_order_of_prompts(order):
    """Prompts in another order give the same temperature."""
    rows = shaken(HILL, 8, spread=0.05)[list(order)]
    points = [
        Measurement(metric="m", prompt_id=f"p{i}", temperature=t, value=float(v), undefined=None, n_samples=9)
        for i, row in enumerate(rows)
        for t, v in zip(GRID, row, strict=True)
    ]
    found = optimum(curve_of(resolve(MetricRequest(name="exact_agreement")), points), seed=0)
    assert (found.temperature, found.kind) == (0.7, "interior")


def test_the_interval_covers_the_best_temperature(optimum_of):
    """In most of a hundred experiments the interval holds the temperature at which the true curve is largest."""
    found = [optimum_of(shaken(HILL, 12, spread=0.5, seed=seed), draws=300) for seed in range(100)]
    assert sum(each.low <= 0.7 <= each.high for each in found) >= 90
    assert any(each.temperature != 0.7 for each in found)


def test_a_plain_is_not_taken_for_a_hill(optimum_of):
    """Of many equal temperatures most are inner ones, and one of them is highest; that makes no best between others."""
    grid = tuple(range(17))
    found = [optimum_of(shaken(np.zeros(17), 12, spread=0.5, seed=seed), grid, draws=300) for seed in range(50)]
    assert sum(each.kind == "interior" for each in found) <= 2
    assert sum(each.kind == "flat" for each in found) >= 30
