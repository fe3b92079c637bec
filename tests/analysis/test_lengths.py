"""How long answers are and how long they take."""

from __future__ import annotations

import pytest

from evalkit.analysis.lengths import Lengths


def test_quantiles_over_all_samples_of_a_temperature(cell_of):
    """Samples of all prompts count alike, by ascending temperature, with the quartiles by hand."""
    seen = Lengths()
    seen.see(cell_of(["w " * n for n in (1, 2, 3)], prompt="p1", temperature=1.0))
    seen.see(cell_of(["w " * n for n in (4, 5)], prompt="p2", temperature=1.0))
    seen.see(cell_of(["w"], prompt="p1", temperature=0.0, latency_s=0.5))
    cold, hot, took = seen.spreads().spreads
    assert (hot.temperature, hot.n, hot.lower, hot.median, hot.upper) == (1.0, 5, 2, 3, 4)
    assert (hot.low, hot.high) == (pytest.approx(1.2), pytest.approx(4.8))
    assert (cold.quantity, cold.unit, cold.low, cold.high) == ("words", "words", 1, 1)
    assert (took.quantity, took.unit, took.temperature, took.median, took.n) == ("latency", "s", 0.0, 0.5, 1)


def test_unspaced_scripts_are_counted_by_character(cell_of):
    """A Chinese answer is as long as it has characters; an empty one has no word."""
    seen = Lengths()
    seen.see(cell_of(["漢字漢字", ""]))
    (spread,) = seen.spreads().spreads
    assert (spread.median, spread.n) == (2.0, 2)


def test_nothing_seen_is_nothing_said():
    """Without a cell there is no spread."""
    assert Lengths().spreads().spreads == ()
