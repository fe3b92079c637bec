import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.token_entropy import drawn_bracket, entropy_bracket, perplexity, token_entropy, top_gap, varentropy

LOGITS = st.lists(st.floats(-6, 6), min_size=2, max_size=12)


def _at(logits, temperature):
    scaled = np.asarray(logits) / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()


@pytest.mark.parametrize("temperature", ["0.2", "0.5", "0.7", "1.0", "1.3", "2.0"])
def test_is_the_reference(temperature, oracle):
    """Eight tokens have the reference values at every temperature."""
    known = oracle["tokens"]["by_temperature"][temperature]
    p = known["p"]
    assert token_entropy(p) == pytest.approx(known["entropy_nats"], abs=1e-9)
    assert token_entropy(p) / math.log(2) == pytest.approx(known["entropy_bits"], abs=1e-9)
    assert varentropy(p) == pytest.approx(known["varentropy_nats2"], abs=1e-9)
    assert perplexity(p) == pytest.approx(known["perplexity"], abs=1e-9)
    assert top_gap(np.log(p).tolist()) == pytest.approx(known["top1_top2_gap_nats"], abs=1e-9)
    bracket = known["entropy_from_top5_lower"], known["entropy_from_top5_upper_V8"]
    assert entropy_bracket(p[:5], vocabulary=8) == pytest.approx(bracket, abs=1e-9)


@given(LOGITS, st.floats(0.3, 3))
def test_varentropy_is_the_slope_of_entropy(logits, temperature):
    """Entropy rises with the logarithm of temperature as fast as varentropy says."""
    up, down = (token_entropy(_at(logits, temperature * math.exp(step))) for step in (1e-4, -1e-4))
    assert (up - down) / 2e-4 == pytest.approx(varentropy(_at(logits, temperature)), abs=1e-6, rel=1e-5)


@given(LOGITS, st.data())
def test_bracket_holds_the_entropy(logits, data):
    """Whatever the number of tokens shown, the entropy lies in the bracket, and is its ends when all are shown."""
    p = np.sort(_at(logits, 1.0))[::-1]
    k = data.draw(st.integers(1, len(p)))
    low, high = entropy_bracket(p[:k].tolist(), vocabulary=len(p))
    assert low - 1e-12 <= token_entropy(p) <= high + 1e-12
    assert entropy_bracket(p.tolist(), vocabulary=len(p)) == pytest.approx((token_entropy(p),) * 2)


@pytest.mark.parametrize(("p", "entropy"), [([1.0, 0.0, 0.0], 0.0), ([0.25] * 4, math.log(4))])
def test_certain_and_even(p, entropy):
    """A certain token has entropy 0, even ones the logarithm of their number; neither has varentropy."""
    assert token_entropy(p) == pytest.approx(entropy)
    assert varentropy(p) == pytest.approx(0.0, abs=1e-15)


@given(LOGITS, st.floats(0.05, 5.0), st.data())
def test_what_is_drawn_lies_in_its_bracket(logits, temperature, data):
    """The entropy at another temperature lies between the ends that the listed tokens at 1 leave, told V or not."""
    p = np.sort(_at(logits, 1.0))[::-1]
    k = data.draw(st.integers(1, len(p)))
    truth = token_entropy(_at(logits, temperature))
    for vocabulary in (len(p), len(p) + 5, None):
        low, high = drawn_bracket(p[:k].tolist(), temperature, vocabulary=vocabulary)
        assert low - 1e-9 <= truth <= high + 1e-9
    assert drawn_bracket(p.tolist(), temperature, vocabulary=len(p)) == pytest.approx((truth, truth), abs=1e-9)


@given(st.floats(0.2, 3.0), st.integers(3, 40))
def test_ends_of_what_is_drawn_are_reached(temperature, others):
    """Of all even spreads of the rest none goes beyond the upper end, and one comes as near as whole numbers let it."""
    top, rest = [0.5, 0.2, 0.1], 0.2
    spreads = [np.array([*top, *[rest / n] * n]) ** (1.0 / temperature) for n in range(2, others + 1)]
    found = [token_entropy(each / each.sum()) for each in spreads]
    low, high = drawn_bracket(top, temperature, vocabulary=len(top) + others)
    assert low - 1e-9 <= min(found)
    assert max(found) <= high + 1e-9
    if temperature >= 1.0:
        assert (min(found), max(found)) == pytest.approx((low, high))
    else:
        assert max(found) == pytest.approx(high, abs=0.02)


def test_without_a_vocabulary_what_is_drawn_has_an_upper_end_below_one_only():
    """A rest spread over ever more tokens weighs ever less below temperature 1, and ever more above it."""
    assert drawn_bracket([0.6, 0.3], 0.5)[1] < 1.0
    assert drawn_bracket([0.6, 0.3], 1.5)[1] == math.inf
    assert drawn_bracket([0.6, 0.4], 1.5)[1] == pytest.approx(token_entropy(_at(np.log([0.6, 0.4]), 1.5)))


def test_probabilities_above_one_leave_no_rest():
    """Logarithms rounded by an endpoint may sum to a little over 1: nothing is left then."""
    low, high = entropy_bracket([0.7, 0.3000001], vocabulary=1000)
    assert low == high


def test_one_token_has_no_gap():
    """A lead needs a second; the order of the list does not matter."""
    assert top_gap([-0.1]) is None
    assert top_gap([-3.0, -0.5, -1.0]) == 0.5
