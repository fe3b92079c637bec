"""A temperature for each aim, or what would decide it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.analysis.advice import advice
from evalkit.analysis.infer import curve
from evalkit.analysis.limits import drawn_limit, limits
from evalkit.nouns import Optimum

GRID = (0.0, 0.5, 1.0, 1.5, 2.0)
FALLING = [1.0, 0.8, 0.5, 0.3, 0.1]
RISING = [0.0, 0.2, 0.5, 0.7, 0.9]
GOOD = [0.9, 0.9, 0.9, 0.5, 0.1]
LEVEL = [0.9, 0.9, 0.9, 0.9, 0.9]


@pytest.fixture
def curve_of(measured, metric_of):
    """Return a function of a metric's name and values by temperature: its curve over twelve prompts, a little apart."""

    def make(name, shape):
        rows = [[min(1.0, max(0.0, v + 0.01 * ((p + k) % 3 - 1))) for k, v in enumerate(shape)] for p in range(12)]
        return curve(metric_of(name), measured(rows, temperatures=GRID), seed=1)

    return make


@pytest.fixture
def advised(curve_of):
    """Return a function of shapes by metric: the advice by aim."""

    def make(optimum=None, **shapes):
        curves = {name: curve_of(name, shape) for name, shape in shapes.items()}
        if optimum is not None:
            curves["qd_index"] = replace(curves["qd_index"], optimum=optimum)
        return {each.aim: each for each in advice(curves, limits(curves, seed=1))}

    return make


def best(kind):
    """Return an optimum of a kind, at T = 1."""
    return Optimum(temperature=1.0, low=0.5, high=1.5, kind=kind, n_prompts=12, method="drawn")


def test_repeatable_is_where_answers_agree_most(advised):
    """The most agreement wins where agreement moves at all; its number stands in the sentence."""
    found = advised(exact_agreement=FALLING)["repeatable"]
    assert (found.decided, found.temperature) == (True, 0.0)
    assert "exact agreement is" in found.sentence
    assert len(found.evidence) == len(GRID)


def test_little_agreement_is_told(advised):
    """A temperature that is the best of bad ones is called so."""
    found = advised(exact_agreement=[0.4, 0.3, 0.2, 0.1, 0.05])["repeatable"]
    assert "differ more often than not" in found.sentence


def test_creative_stops_before_quality_falls(advised):
    """The most varied answers are taken from the highest temperature that is not beyond the fall."""
    found = advised(rouge_l_distance=RISING, validity=GOOD)["creative"]
    assert (found.decided, found.temperature) == (True, 1.0)
    assert "validity falls clearly" in found.sentence


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        ({"rouge_l_distance": RISING}, "no metric of quality"),
        ({"rouge_l_distance": RISING, "validity": LEVEL}, "no fall of validity is shown up to T = 2"),
        ({"rouge_l_distance": LEVEL, "validity": GOOD}, "not shown to rise"),
        ({"validity": GOOD}, "no distance between answers"),
    ],
)
def test_creative_is_undecided_without_evidence(advised, shapes, why):
    """Without quality, without a fall, without a rise or without a distance nothing is advised, and it says why."""
    found = advised(**shapes)["creative"]
    assert (found.decided, found.temperature) == (False, None)
    assert why in found.sentence


def test_balanced_follows_the_optimum(advised):
    """An interior best is advised; one that may lie beyond, or is flat, is not."""
    assert advised(best("interior"), qd_index=GOOD)["balanced"].temperature == 1.0
    for kind in ("flat", "rises to the end", "open"):
        found = advised(best(kind), qd_index=GOOD)["balanced"]
        assert (found.decided, found.temperature) == (False, None)


def test_nothing_measured_is_nothing_advised():
    """Every aim is undecided, and says what to measure."""
    assert [each.decided for each in advice({}, ())] == [False, False, False]


def test_limits_are_those_of_quality_alone(curve_of):
    """Quality has its fall, its absence is told, diversity has none, and the lowest fall is drawn."""
    shapes = {"validity": GOOD, "accuracy": LEVEL, "rouge_l_distance": FALLING}
    found = limits({name: curve_of(name, shape) for name, shape in shapes.items()}, seed=1)
    assert [(each.metric, each.kind) for each in found] == [("validity", "falls"), ("accuracy", "no fall shown")]
    drawn = drawn_limit(found)
    assert drawn is found[0]
    assert drawn.low < drawn.high
    assert drawn.low <= drawn.temperature <= drawn.high


def test_too_few_prompts_tell_no_limit(measured, metric_of):
    """With two prompts nothing is looked for, and the reason is there."""
    few = curve(metric_of("validity"), measured([GOOD, GOOD], temperatures=GRID), seed=1)
    (found,) = limits({"validity": few}, seed=1)
    assert (found.kind, found.temperature, found.low) == ("unknown", None, None)
    assert "2" in found.method
