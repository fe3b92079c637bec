"""Coverage of the interval within one prompt: mean over pairs, exact match, nominal 95 %."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.stats.streams import stream
from evalkit.stats.ustatistic import jackknife_variance, pair_interval, pair_mean

pytestmark = pytest.mark.calibration

RUNS = 1000


def _zipf(power: float) -> np.ndarray:
    weights = np.arange(1, 301.0) ** -power
    return weights / weights.sum()


LANGUAGES = {
    "two texts, 0.5": np.array([0.5, 0.5]),
    "two texts, 0.6": np.array([0.6, 0.4]),
    "two texts, 0.7": np.array([0.7, 0.3]),
    "two texts, 0.8": np.array([0.8, 0.2]),
    "two texts, 0.9": np.array([0.9, 0.1]),
    "two texts, 0.98": np.array([0.98, 0.02]),
    "20 equal texts": np.full(20, 1 / 20),
    "100 equal texts": np.full(100, 1 / 100),
    "Zipf 1": _zipf(1),
    "Zipf 1.5": _zipf(1.5),
    "Zipf 2": _zipf(2),
    "Zipf 3": _zipf(3),
    "one of 0.2 among rare ones": np.r_[0.2, np.full(500, 0.8 / 500)],
    "one of 0.6 among rare ones": np.r_[0.6, np.full(500, 0.4 / 500)],
    "geometric": np.r_[0.5 ** np.arange(1, 30), 0.5**29],
}


def _equal(texts: np.ndarray) -> np.ndarray:
    return (texts[:, None] == texts[None, :]).astype(np.float64)


@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("name", LANGUAGES)
def test_covers_the_collision_probability(name, n, row):
    """At least 93 % of the intervals hold the exact value, whatever the shape of the language."""
    chances = LANGUAGES[name]
    truth, rng = float((chances**2).sum()), stream(1, "pairs", name, str(n))
    below = above = width = 0.0
    for _ in range(RUNS):
        low, high = pair_interval(_equal(rng.choice(len(chances), n, p=chances)), equality=True)
        below += high < truth - 1e-12
        above += low > truth + 1e-12
        width += high - low
    covered = 1 - (below + above) / RUNS
    row(
        f"{name}, truth {truth:.3f}, n = {n}",
        f"{covered:.1%} (misses below {below / RUNS:.1%}, above {above / RUNS:.1%}), mean width {width / RUNS:.2f}",
    )
    assert covered >= 0.93, name


@pytest.mark.parametrize("name", ["Zipf 1.5", "Zipf 2", "geometric", "one of 0.6 among rare ones"])
def test_jackknife_variance_is_honest(name, row):
    """The jackknife variance is 0.9 to 1.3 times the true one where a pair's value hangs on its members."""
    chances, n, rng = LANGUAGES[name], 20, stream(1, "variance", name)
    matrices = [_equal(rng.choice(len(chances), n, p=chances)) for _ in range(4 * RUNS)]
    ratio = np.mean([jackknife_variance(m) for m in matrices]) / np.var([pair_mean(m) for m in matrices])
    row(f"jackknife variance over the true one, {name}, n = {n}", f"{ratio:.2f}")
    assert 0.9 < ratio < 1.3
