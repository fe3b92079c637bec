import math

import pytest

from evalkit.stats.effective_temperature import EffectiveTemperature
from evalkit.stats.streams import stream
from evalkit.stats.temperature_map import temperature_map

GRID = (0.3, 0.7, 1.0, 1.3, 1.6)


def _found(value, se=0.05):
    return EffectiveTemperature(value, None, None, se, 200, 1.0 / se**2)


def _open(ends):
    return EffectiveTemperature(None, "open", ends, None, 200, 0.0)


def _observed(applied, rng=None, se=0.05):
    noise = [0.0 if rng is None else se * rng.normal() for _ in GRID]
    return [(t, _found(applied(t) * math.exp(e), se)) for t, e in zip(GRID, noise, strict=True)]


@pytest.mark.parametrize(
    ("name", "applied", "parameters"),
    [
        ("identity", lambda t: t, ()),
        ("constant", lambda _: 0.7, (0.7,)),
        ("rescaled", lambda t: 0.3 * t, (0.3,)),
        ("clamped", lambda t: min(t, 1.1), (1.1,)),
        ("two lines", lambda t: 0.3 * t if t <= 1.0 else t - 0.7, (0.3, 1.0, 1.0)),
    ],
)
def test_a_map_is_found_by_name_and_parameters(name, applied, parameters):
    """Estimates without noise give the map that they are made with, and it gives them back."""
    found = temperature_map(_observed(applied))
    assert found.best.name == name
    assert found.best.parameters == pytest.approx(parameters, rel=1e-4)
    assert [found.best(t) for t in GRID] == pytest.approx([applied(t) for t in GRID], rel=1e-4)
    assert (found.p_value < 1e-6) is (name != "identity")


def test_an_obedient_endpoint_is_seldom_called_another():
    """With errors of five per cent the identity is left in one of twenty at most."""
    rng = stream(1, "obedient")
    names = [temperature_map(_observed(lambda t: t, rng)).best.name for _ in range(60)]
    assert names.count("identity") >= 54


def test_a_third_is_found_under_noise():
    """With errors of ten per cent a factor of 0.3 is always found, and named."""
    rng = stream(1, "third")
    names = [temperature_map(_observed(lambda t: 0.3 * t, rng, 0.1)).best.name for _ in range(40)]
    assert names.count("rescaled") >= 38


def test_three_temperatures_have_no_two_lines():
    """Two lines have three parameters, and take five temperatures."""
    found = temperature_map(_observed(lambda t: t)[:3])
    assert {fit.name for fit in found.fits} == {"identity", "constant", "rescaled", "clamped"}


def test_what_has_no_logarithm_is_left_out():
    """A temperature of 0 and one without an estimate are named, and the rest is fitted."""
    observed = [(0.0, _found(0.1)), *_observed(lambda t: t), (2.0, _open((1.5, math.inf)))]
    found = temperature_map(observed)
    assert found.best.name == "identity"
    assert found.left_out == (0.0, 2.0)


def test_greedy_throughout_says_so():
    """Where the likeliest token came up at every temperature there is no map, but a bound."""
    found = temperature_map([(t, _open((0.0, 0.2 * t))) for t in GRID])
    assert (found.best, found.p_value) == (None, None)
    assert found.reason == "the likeliest token came up at every temperature: below 0.32 throughout"


@pytest.mark.parametrize("observed", [[], [(1.0, _found(1.0))], [(1.0, _found(1.0)), (2.0, _open(None))]])
def test_one_temperature_is_no_map(observed):
    """It takes two estimates."""
    found = temperature_map(observed)
    assert found.best is None
    assert "two temperatures" in found.reason
