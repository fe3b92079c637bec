import math

import numpy as np
import pytest

from evalkit.stats.effective_temperature import Position, from_logprobs
from evalkit.stats.pit import Cut, calibration, pit_bounds, truncation, within
from evalkit.stats.streams import stream


def _told(rng, n):
    logits = rng.normal(size=(n, 200)) * rng.uniform(1.0, 5.0, size=(n, 1))
    return -np.sort(-(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))), axis=1)


def _positions(rng, logs, temperature=1.0, kept=lambda shares: shares >= 0.0, k=20):
    shares = np.exp(logs / temperature)
    shares /= shares.sum(axis=1, keepdims=True)
    mass = np.where(kept(shares), shares, 0.0).cumsum(axis=1)
    sampled = (mass < rng.random((len(logs), 1)) * mass[:, -1:]).sum(axis=1)
    return [Position(row[:k].tolist(), int(y)) for row, y in zip(logs, sampled, strict=True) if y < k]


def _nucleus(shares):
    return shares.cumsum(axis=1) - shares < 0.9


def _three(shares):
    return np.broadcast_to(np.arange(shares.shape[1]) < 3, shares.shape)


def _tenth(shares):
    return shares >= 0.1 * shares[:, :1]


def test_bounds_are_those_of_the_reference(inference):
    """Four tokens with log-odds of 1, 1/2 and 3/2 between neighbours share the unit interval as the reference says."""
    found = pit_bounds([0.0, -1.0, -1.5, -3.0])
    assert np.array(found) == pytest.approx(np.array(inference["pit_bounds_by_rank"]), abs=1e-12)


def test_bounds_keep_the_order_given_and_follow_the_exponent():
    """The likeliest token comes first wherever it stands; twice the exponent squares the odds."""
    bounds = pit_bounds([-2.0, 0.0], exponent=2.0)
    share = 1.0 / (1.0 + math.exp(-4.0))
    assert bounds[0] == pytest.approx((share, 1.0))
    assert bounds[1] == pytest.approx((0.0, share))


def test_what_is_sampled_as_reported_is_uniform():
    """Few of many honest samples are called otherwise, at a temperature of 1 and, by the exponent, at another."""
    rng = stream(1, "honest")
    alarms = [
        calibration(_positions(rng, _told(rng, 150), t), rng, exponent=1.0 / t).p_value < 0.05
        for t in (0.7, 1.0)
        for _ in range(50)
    ]
    assert np.mean(alarms) < 0.12


@pytest.mark.parametrize(
    ("temperature", "kept"), [(0.75, lambda s: s >= 0.0), (1.3, lambda s: s >= 0.0), (1.0, _three)]
)
def test_another_temperature_or_a_cut_is_not_uniform(temperature, kept):
    """A temperature that is off by a quarter, and a top-k of 3 are seen in 800 places."""
    rng = stream(1, "faults")
    assert calibration(_positions(rng, _told(rng, 800), temperature, kept), rng).p_value < 0.01


@pytest.mark.parametrize(
    ("cut", "kept", "threshold"), [(Cut.MASS, _nucleus, 0.9), (Cut.RANK, _three, 3.0), (Cut.RATIO, _tenth, 0.1)]
)
def test_a_cut_is_found_with_its_threshold(cut, kept, threshold):
    """From 400 places the threshold lies in a short interval, and chance is excluded."""
    rng = stream(1, "cut")
    found = truncation(_positions(rng, _told(rng, 400), kept=kept), cut)
    assert found.p_value < 1e-3
    low, high = found.ends
    assert low <= threshold <= high
    assert high - low < 0.05 * threshold


@pytest.mark.parametrize("cut", list(Cut))
def test_nothing_cut_is_no_alarm(cut):
    """The chance of staying inside is seldom small where nothing is cut."""
    rng = stream(1, "level", cut.name)
    alarms = [truncation(_positions(rng, _told(rng, 100)), cut).p_value < 0.05 for _ in range(80)]
    assert np.mean(alarms) < 0.13


def test_the_chance_is_the_product_of_what_is_kept():
    """Of two tokens, 3/4 likely and 1/4, the first came up eight times: 3/4 to the power of eight."""
    positions = [Position([math.log(0.75), math.log(0.25)], 0)] * 8
    found = truncation(positions, Cut.RANK)
    assert found.p_value == pytest.approx(0.75**8)
    assert found.observed == 1.0
    assert found.ends == (1.0, math.inf)


def test_a_cut_before_the_temperature_is_looked_at_there():
    """Kept by the mass at 1 and sampled at 1.5, the threshold is found where tokens are chosen at exponent 1."""
    rng = stream(1, "before")
    logs = _told(rng, 400)
    chosen = _nucleus(np.exp(logs))
    found = truncation(_positions(rng, logs, 1.5, lambda _: chosen), Cut.MASS, exponent=1.0 / 1.5, chosen_at=1.0)
    assert found.ends[0] <= 0.9 <= found.ends[1]
    assert found.p_value < 1e-3


@pytest.mark.parametrize(("cut", "kept"), [(Cut.RANK, _three), (Cut.RATIO, _tenth)])
@pytest.mark.parametrize("temperature", [0.7, 1.3])
def test_the_temperature_among_the_kept_is_right(cut, kept, temperature):
    """Under a top-k of 3 or a min-p of 0.1 all tokens give too low a temperature, and the kept ones the right one."""
    rng = stream(1, "within")
    positions = _positions(rng, _told(rng, 600), temperature, kept)
    assert from_logprobs(positions).ends[1] < temperature
    low, high = from_logprobs(within(positions, cut)).ends
    assert low < temperature < high


def test_what_is_left_are_the_tokens_no_further_out_than_any_sampled():
    """The second of three tokens was sampled at most, so two are left; in either order."""
    found = within([Position([-3.0, -0.5, -1.0], 2), Position([-0.1, -2.0, -4.0], 0)], Cut.RANK)
    assert [(list(each.logprobs), each.sampled) for each in found] == [([-0.5, -1.0], 1), ([-0.1, -2.0], 0)]
    assert within([], Cut.RANK) == ()


def test_a_top_p_has_no_tokens_apart_from_the_temperature():
    """Which tokens it keeps is not known before the temperature is."""
    with pytest.raises(ValueError, match="core"):
        within([], Cut.MASS)


def test_too_few_places_are_no_test():
    """Four places, or places with one token each, say nothing."""
    positions = [Position([-0.5, -1.0], 0)] * 4 + [Position([0.0], 0)] * 9
    assert calibration(positions, stream(1)) is None
    assert truncation(positions, Cut.RANK) is None
