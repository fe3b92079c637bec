"""Where a level curve begins to fall."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.stats.change_point import change_point

GRID = np.linspace(0.0, 1.6, 5)


def shares(random, fall, n=10):
    """Return (n, 5) shares of ten samples that are right, of prompts that fall by so much at each temperature."""
    base = random.beta(4, 2, size=(n, 1))
    return random.binomial(10, np.clip(base * (1.0 - np.asarray(fall)), 0.0, 1.0)) / 10


def test_a_kink_without_noise_is_found():
    """Prompts that are level up to a temperature and fall in a line from there have their kink there."""
    values = np.linspace(0.5, 0.9, 8)[:, None] - 0.3 * np.maximum(0.0, GRID - 0.8)
    found = change_point(values, GRID, random=np.random.default_rng(1))
    assert found.place == pytest.approx(0.8)
    assert found.p_value < 0.01


def test_all_equal_values_do_not_fall():
    """Values that are all 1 show no fall, and the interval has two ends all the same."""
    found = change_point(np.ones((6, 5)), GRID, random=np.random.default_rng(1))
    assert found.p_value == 1.0
    assert found.low < found.high


def test_level_curves_seldom_seem_to_fall():
    """Of 200 level curves of ten prompts no more than chance allows at 5 % are said to fall."""
    random = np.random.default_rng(2)
    falls = sum(
        change_point(shares(random, np.zeros(5)), GRID, random=random, draws=200).p_value <= 0.05 for _ in range(200)
    )
    assert falls <= 20


def test_a_kink_is_covered():
    """Of 200 curves that fall in a line from a temperature on, at least 93 % have it in their interval."""
    random, line = np.random.default_rng(3), 0.8 * np.maximum(0.0, GRID - 0.9) / 0.7
    found = [change_point(shares(random, line), GRID, random=random, draws=200) for _ in range(200)]
    assert sum(each.low <= 0.9 <= each.high for each in found) >= 186


def test_a_fall_that_begins_slowly_is_told_late():
    """The kink of a fall that steepens lies above where it begins: a limit of the method that the docs state."""
    values = 0.8 * np.ones((8, 1)) * (1.0 - 0.8 * (np.maximum(0.0, GRID - 0.4) / 1.2) ** 2)
    assert change_point(values, GRID, random=np.random.default_rng(1)).place > 0.5


def test_the_kink_of_a_bent_fall_is_covered():
    """Of 60 curves whose fall steepens, 93 % or more hold the kink of the line closest to the true means."""
    random = np.random.default_rng(5)
    means = 0.9 - 0.5 * (np.maximum(0.0, GRID - 0.6) / 1.0) ** 2
    truth = change_point(np.tile(means, (8, 1)), GRID, random=random, draws=20).place
    rows = [random.binomial(10, np.clip(means + random.normal(0.0, 0.05, (30, 1)), 0.0, 1.0)) / 10 for _ in range(60)]
    found = [change_point(row, GRID, random=random, draws=200) for row in rows]
    assert sum(each.low <= truth <= each.high for each in found) >= 56
