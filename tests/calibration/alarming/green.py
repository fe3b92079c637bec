"""A suite as a team keeps it: every claim is true, with room."""

from __future__ import annotations

import pytest

from calibration.alarming.truths import T

pytestmark = pytest.mark.evalkit(suite="short.yaml", temperatures=[0, 0.3, T])


def test_floor(evalkit):
    assert evalkit.floor_below(0.15)


def test_deterministic(evalkit):
    assert evalkit.cell("japan", 0).deterministic(at_least=0.9)


def test_valid_share(evalkit):
    assert evalkit.cell("japan", T).valid_share(at_least=0.8, max_words=8)


def test_cell(evalkit):
    assert evalkit.cell("planet", 0.3)["exact_agreement"] > 0.7


def test_point(evalkit):
    assert evalkit.curve("exact_agreement")[T] < 0.8


def test_between(evalkit):
    assert evalkit.curve("exact_agreement").between(0.25, 0.8, at=T)


def test_trend(evalkit):
    assert evalkit.curve("exact_agreement").falls()


def test_two_points(evalkit):
    distance = evalkit.curve("rouge_l_distance")
    assert distance[T] > distance[0.3]


def test_against_the_baseline(evalkit):
    against = evalkit.compare("before")
    assert against.equivalent(within=0.15, metric="rouge_l_distance")
    assert against.not_more_diverse(within=0.15, metric="rouge_l_distance")
    assert against.not_less_diverse(within=0.15, metric="rouge_l_distance")
