"""Coverage of the intervals within one prompt for k draws: all agree, number of different ones; nominal 95 %."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.stats.order_k_interval import distinct_interval, distinct_valid_interval, tar_interval
from evalkit.stats.streams import stream

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
    "three texts": np.array([0.4, 0.3, 0.3]),
    "20 equal texts": np.full(20, 1 / 20),
    "100 equal texts": np.full(100, 1 / 100),
    "Zipf 1": _zipf(1),
    "Zipf 1.5": _zipf(1.5),
    "Zipf 2": _zipf(2),
    "Zipf 3": _zipf(3),
    "one of 0.2 among rare ones": np.r_[0.2, np.full(500, 0.8 / 500)],
    "one of 0.6 among rare ones": np.r_[0.6, np.full(500, 0.4 / 500)],
    "two of 0.45 among rare ones": np.r_[0.45, 0.45, np.full(100, 0.1 / 100)],
    "geometric": np.r_[0.5 ** np.arange(1, 30), 0.5**29],
}


@pytest.mark.parametrize("k", [2, 5, 10])
@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("name", LANGUAGES)
def test_covers_what_k_draws_would_give(name, n, k, row):
    """At least 93 % of the intervals hold the exact value, whatever the shape of the language."""
    chances, rng = LANGUAGES[name], stream(1, "order k", name, str(n), str(k))
    truths = {
        "TAR": (tar_interval, float((chances**k).sum())),
        "distinct": (distinct_interval, float((1 - (1 - chances) ** k).sum())),
    }
    samples = [[int(count) for count in sample if count] for sample in rng.multinomial(n, chances, size=RUNS)]
    for label, (interval, truth) in truths.items():
        ends = np.array([interval(sample, k) for sample in samples])
        below, above = (ends[:, 1] < truth - 1e-12).mean(), (ends[:, 0] > truth + 1e-12).mean()
        row(
            f"{label}@{k}, {name}, truth {truth:.3g}, n = {n}",
            f"{1 - below - above:.1%} (misses below {below:.1%}, above {above:.1%}), "
            f"mean width {np.ptp(ends, axis=1).mean():.2g}",
        )
        assert 1 - below - above >= 0.93, label


VALID = {
    "all": lambda place: place >= 0,
    "all but the commonest": lambda place: place > 0,
    "the commonest only": lambda place: place == 0,
    "every second": lambda place: place % 2 == 1,
    "none": lambda place: place < 0,
    "the rarer half": lambda place: place >= (len(place) + 1) // 2,
}


@pytest.mark.parametrize("which", VALID)
@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("name", LANGUAGES)
def test_covers_the_different_valid_answers(name, n, which, row):
    """At least 93 % of the intervals hold the exact number of different valid answers among five draws."""
    chances, rng, k = LANGUAGES[name], stream(1, "valid at k", name, which, str(n)), 5
    valid = VALID[which](np.arange(len(chances)))
    truth = float((1 - (1 - chances[valid]) ** k).sum())
    samples = rng.multinomial(n, chances, size=RUNS)
    ends = np.array(
        [distinct_valid_interval([*s[valid].tolist(), int(s[~valid].sum())], _accept(valid), k) for s in samples]
    )
    below, above = (ends[:, 1] < truth - 1e-12).mean(), (ends[:, 0] > truth + 1e-12).mean()
    row(
        f"distinct-valid@{k}, {name}, valid: {which}, truth {truth:.3g}, n = {n}",
        f"{1 - below - above:.1%} (misses below {below:.1%}, above {above:.1%}), "
        f"mean width {np.ptp(ends, axis=1).mean():.2g}",
    )
    assert 1 - below - above >= 0.93


def _accept(valid: np.ndarray) -> list[bool]:
    # Answers that are not valid are drawn and never counted: one class stands for all of them.
    return [*([True] * int(valid.sum())), False]
