import math

import numpy as np
import pytest

from evalkit.stats.effective_temperature import Position, from_known, from_logprobs, truncation_gap
from evalkit.stats.streams import stream

WORDS = 200


def _told(rng, n, width=3.0):
    """Return log-probabilities of so many places, the likeliest token first."""
    logits = rng.normal(size=(n, WORDS)) * rng.uniform(width / 2.0, width * 1.5, size=(n, 1))
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.sort(-logs, axis=1)


def _drawn(rng, logs, temperature, top_k=WORDS):
    raised = np.exp(logs / temperature) * (np.arange(WORDS) < top_k)
    shares = raised / raised.sum(axis=1, keepdims=True)
    return (shares.cumsum(axis=1) < rng.random((len(logs), 1))).sum(axis=1)


def _positions(logs, sampled, k=20):
    return [Position(row[:k].tolist(), int(y)) for row, y in zip(logs, sampled, strict=True) if y < k]


def test_the_estimate_is_the_reference(oracle):
    """On the 361 places of the reference the estimate and its errors are those of an independent optimiser.

    References:
        ../shared/oracles/metrics.json, temperature_from_tokens; its own maximum is exact to some 1e-8.
    """
    known = oracle["temperature_from_tokens"]
    told = zip(known["logprobs_pre_temperature"], known["sampled_index"], strict=True)
    found = from_logprobs([Position(*each) for each in told])
    assert found.value == pytest.approx(known["T_hat"], rel=1e-7)
    assert found.se_log == pytest.approx(known["se_lnT"], rel=1e-7)
    assert found.n == known["positions_used"]


def test_two_tokens_have_a_closed_form():
    """Of two tokens with odds of 2, sampled 80 to 20 times, the exponent is ln 4 over ln 2."""
    found = from_known([[math.log(2.0), 0.0]], [[80, 20]])
    assert found.value == pytest.approx(0.5)
    assert found.information == pytest.approx(100 * 0.8 * 0.2 * math.log(4.0) ** 2)
    assert found.ends[0] < 0.5 < found.ends[1]


def test_what_is_in_the_values_already_is_multiplied():
    """Values reported after a temperature of 0.5 that sampling follows make it 0.5, not 1."""
    rng = stream(1, "after")
    logs = _told(rng, 400)
    positions = _positions(logs, _drawn(rng, logs, 1.0))
    plain, scaled = from_logprobs(positions), from_logprobs(positions, reported_at=0.5)
    assert scaled.value == pytest.approx(plain.value / 2.0)
    assert scaled.ends == pytest.approx(tuple(end / 2.0 for end in plain.ends))
    assert scaled.ends[0] < 0.5 < scaled.ends[1]


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.5])
def test_intervals_hold_the_truth(temperature):
    """In 95 of 100 simulations, give or take three standard errors."""
    rng = stream(1, "cover", str(temperature))
    held = []
    for _ in range(150):
        logs = _told(rng, 100)
        found = from_logprobs(_positions(logs, _drawn(rng, logs, temperature), k=5))
        held.append(found.ends[0] <= temperature <= found.ends[1])
    assert 0.89 <= np.mean(held) <= 1.0


def test_greedy_sampling_has_no_estimate_but_an_upper_end():
    """Where the likeliest token always came up, any low temperature may be it."""
    logs = _told(stream(1, "greedy"), 50)
    found = from_logprobs(_positions(logs, np.zeros(50, dtype=int)))
    assert found.value is None
    assert found.reason.startswith("below")
    assert found.ends[0] == 0.0
    assert 0.0 < found.ends[1] < 0.5


def test_even_sampling_has_no_estimate_but_a_lower_end():
    """Where unlikely tokens came up more often than likely ones, any high temperature may be it."""
    found = from_known([[0.0, -1.0, -2.0]], [[10, 12, 13]])
    assert found.value is None
    assert found.reason.startswith("above")
    assert found.ends[1] == math.inf
    assert found.ends[0] > 1.0


@pytest.mark.parametrize("positions", [[], [Position([0.0], 0)], [Position([0.0, -math.inf], 0)]])
def test_places_without_an_alternative_say_nothing(positions):
    """One token that had to come up is no evidence."""
    found = from_logprobs(positions)
    assert (found.value, found.ends, found.n) == (None, None, 0)
    assert "alternative" in found.reason


def test_needed_tokens_follow_the_square_root():
    """Half the error takes four times the tokens."""
    found = from_known([[math.log(2.0), 0.0]], [[80, 20]])
    assert found.needed(0.05) == pytest.approx(4 * found.needed(0.1), abs=4)
    assert found.needed(found.se_log) == pytest.approx(100, abs=1)
    assert from_logprobs([]).needed() is None


def test_truncation_lowers_the_plain_estimate_and_leaves_the_core():
    """With a top-k of 3 all tokens give about half of the temperature, two tokens the right one, and the test fires."""
    rng = stream(2, "cut")
    logs = _told(rng, 1500, width=2.0)
    gap = truncation_gap(_positions(logs, _drawn(rng, logs, 1.0, top_k=3)))
    assert gap.plain.value < 0.75
    assert gap.core.ends[0] < 1.0 < gap.core.ends[1]
    assert gap.p_value < 0.01


def test_no_truncation_is_no_alarm():
    """The test of the gap keeps its level."""
    rng = stream(1, "level")
    alarms = []
    for _ in range(120):
        logs = _told(rng, 100)
        alarms.append(truncation_gap(_positions(logs, _drawn(rng, logs, 1.0))).p_value < 0.05)
    assert np.mean(alarms) < 0.11


def test_a_gap_of_nothing_is_none():
    """Greedy sampling tells nothing of a truncation."""
    logs = _told(stream(1, "greedy"), 30)
    gap = truncation_gap(_positions(logs, np.zeros(30, dtype=int)))
    assert (gap.log_ratio, gap.p_value) == (None, None)
