import math

import numpy as np
import pytest

from evalkit.stats.logprob_convention import Convention, convention, cut_values, slope
from evalkit.stats.streams import stream


def _told(rng, logits, temperature, noise):
    scaled = logits / temperature
    logs = scaled - np.log(np.exp(scaled).sum()) + noise * rng.normal(size=len(logits))
    return {str(i): float(logs[i]) for i in np.argsort(-logs)[:20]}


def _found(applied, noise=0.02, repeats=3):
    rng = stream(1, "convention")
    logits = rng.normal(size=200) * 2.5
    ones = [_told(rng, logits, applied(1.0), noise) for _ in range(repeats)]
    return [slope(ones, [_told(rng, logits, applied(t), noise) for _ in range(repeats)], t) for t in (0.5, 2.0)]


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(
    ("applied", "expected"),
    [
        (lambda _: 1.0, Convention.BEFORE),
        (lambda t: t, Convention.AFTER),
        (lambda t: 0.6 * t, Convention.AFTER),
        (lambda t: min(t, 1.0), Convention.OTHER),
    ],
    ids=["before", "after", "rescaled", "clamped"],
)
def test_conventions_are_told_apart(applied, expected, noise):
    """From three requests at each of three temperatures, with noise of two hundredths of a nat or none."""
    assert convention(_found(applied, noise)) is expected


def test_the_temperature_inside_is_one_over_the_slope():
    """Relative to the values at 1, to a few per cent, with an error that is never 0."""
    for found, t in zip(_found(lambda t: t, 0.0), (0.5, 2.0), strict=True):
        assert found.reported_at == pytest.approx(t, rel=0.01)
        assert found.se > 0.0


def test_too_few_tokens_tell_nothing():
    """Two tokens have a slope but no error, and none have neither."""
    few = slope([{"a": -0.1, "b": -2.0}], [{"a": -0.1, "b": -2.0}], 2.0)
    assert (few.value, few.reported_at, few.convention) == (None, None, Convention.UNKNOWN)
    assert slope([], [], 2.0).convention is Convention.UNKNOWN
    assert convention([few]) is Convention.UNKNOWN


def test_equal_log_probabilities_tell_nothing():
    """Without odds there is nothing that a temperature could change."""
    told = dict.fromkeys("abcd", math.log(0.25))
    assert slope([told], [told], 0.5).value is None


def test_wide_noise_is_undecided():
    """Where both conventions lie in the interval, none is named."""
    rng = stream(1, "noise")
    logits = rng.normal(size=200) * 2.5
    sides = [[_told(rng, logits, 1.0, 1.5) for _ in range(2)] for _ in range(2)]
    assert slope(*sides, 1.2).convention is Convention.UNKNOWN


@pytest.mark.parametrize(
    ("told", "cut"),
    [
        ([{"a": -0.2, "b": -9999.0}], True),
        ([{"a": -0.2, "b": -math.inf}], True),
        ([{"a": math.log(0.7), "b": math.log(0.3)}, {"a": -1.0, "b": -1.5, "c": -2.0}], True),
        ([{"a": math.log(0.7), "b": math.log(0.3)}, {"a": math.log(0.6), "b": math.log(0.4)}], False),
        ([{"a": -1.0, "b": -1.5}], False),
        ([], False),
    ],
)
def test_values_from_after_a_cut_are_seen(told, cut):
    """Marks of absence, or a sum of 1 where other tokens exist."""
    assert cut_values(told) is cut
