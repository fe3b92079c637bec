import math

import numpy as np
import pytest

from evalkit.stats.counted_temperature import LEAST_SAMPLES, Profile, from_counts, ratio_test, two_tokens
from evalkit.stats.streams import stream


def _counts(rng, logits, temperature, n):
    shares = np.exp((logits - logits.max()) / temperature)
    drawn = rng.multinomial(n, shares / shares.sum())
    return {str(i): int(drawn[i]) for i in np.flatnonzero(drawn)}


def _asked(rng, temperature, *, n=200, questions=6):
    several = (rng.normal(size=60) * rng.uniform(1.5, 3.5) for _ in range(questions))
    return [(_counts(rng, logits, 1.0, n), _counts(rng, logits, temperature, n)) for logits in several]


@pytest.fixture
def known(oracle):
    """Return reference counts of two questions, with what was estimated from them."""
    return oracle["temperature_from_counts"]


def _named(known):
    sides = (known["counts_T1"], known["counts_T"])
    return [tuple({str(i): int(c) for i, c in enumerate(side)} for side in pair) for pair in zip(*sides, strict=True)]


def test_the_plain_likelihood_is_that_of_the_reference(known):
    """Exponent, error and test of the two questions are those of an independent optimiser.

    References:
        ../shared/oracles/metrics.json, temperature_from_counts; its own maximum is exact to some 1e-7.
    """
    profile = Profile(_named(known))
    b = math.exp(profile.maximum())
    assert b == pytest.approx(known["beta_hat"], rel=1e-6)
    assert profile.information(b) ** -0.5 == pytest.approx(known["se_beta_efficient_information"], rel=1e-6)
    test = ratio_test(_named(known), 1.0)
    assert test.statistic == pytest.approx(known["LR_statistic_H0_T_equals_1"], rel=1e-9)
    assert test.p_value == pytest.approx(known["LR_p_value"], rel=1e-6)


def test_two_tokens_are_the_closed_form(known):
    """The first two tokens of the first question give the reference's exponent and error."""
    seen, reference = known["counts_T"][0][:2], known["counts_T1"][0][:2]
    b, se = two_tokens(tuple(map(int, reference)), tuple(map(int, seen)))
    assert b == pytest.approx(known["two_category_beta"], rel=1e-12)
    assert se == pytest.approx(known["two_category_se_beta"], rel=1e-12)


@pytest.mark.parametrize("pairs", [((10, 10), (20, 5)), ((10, 0), (20, 5)), ((10, 3), (0, 5))])
def test_two_tokens_without_odds_have_no_exponent(pairs):
    """Even odds have no logarithm to divide by, and a count of 0 none at all."""
    assert two_tokens(*pairs) is None


@pytest.mark.parametrize("temperature", [0.3, 1.5])
def test_intervals_hold_the_truth(temperature):
    """In 95 of 100 simulations, give or take three standard errors, and the estimate is right on average."""
    rng = stream(1, "counts", str(temperature))
    found = [from_counts(_asked(rng, temperature), rng) for _ in range(30)]
    held = [each.ends[0] <= temperature <= each.ends[1] for each in found]
    assert 0.83 <= np.mean(held) <= 1.0
    assert abs(np.mean([math.log(each.value / temperature) for each in found])) < 0.05


def test_the_plain_likelihood_is_biased_where_the_modified_is_not():
    """With hundreds of tokens the exponent of the plain one is a tenth too high at a low temperature."""
    rng = stream(1, "bias")
    plain, modified = [], []
    for _ in range(12):
        several = [rng.normal(size=500) * 3.0 for _ in range(6)]
        asked = [(_counts(rng, logits, 1.0, 200), _counts(rng, logits, 0.3, 200)) for logits in several]
        plain.append(Profile(asked).maximum() + math.log(0.3))
        modified.append(math.log(0.3 / from_counts(asked, rng).value))
    assert np.mean(plain) > 0.08
    assert abs(np.mean(modified)) < np.mean(plain) / 2.0


def test_a_reference_other_than_one_is_multiplied():
    """The counts know the ratio of the two temperatures."""
    asked = _asked(stream(1, "ratio"), 0.7)
    one, half = (from_counts(asked, stream(2, "half"), reference=r) for r in (1.0, 0.5))
    assert half.value == pytest.approx(one.value / 2.0)
    assert half.ends == pytest.approx(tuple(end / 2.0 for end in one.ends))


@pytest.mark.parametrize(("n", "questions", "said"), [(LEAST_SAMPLES - 1, 6, "199 times"), (200, 4, "4 questions")])
def test_too_few_are_refused(n, questions, said):
    """Below the limits there is no estimate, and the reason says how many it takes."""
    rng = stream(1, "few")
    found = from_counts(_asked(rng, 1.0, n=n, questions=questions), rng)
    assert (found.value, found.ends) == (None, None)
    assert said in found.reason


def test_greedy_answers_have_an_upper_end_alone():
    """Where the likeliest token alone came up, the temperature lies below something."""
    rng = stream(1, "greedy")
    asked = [(reference, {max(reference, key=reference.get): 200}) for reference, _ in _asked(rng, 1.0)]
    found = from_counts(asked, rng)
    assert found.value is None
    assert found.reason.startswith("below")
    assert found.ends[0] == 0.0
    assert found.ends[1] < 0.6


def test_even_answers_have_a_lower_end_alone():
    """Where unlikely tokens came up more often than likely ones, it lies above something."""
    asked = [({"a": 120, "b": 60, "c": 20}, {"a": 60, "b": 65, "c": 75})] * 5
    found = from_counts(asked, stream(1, "even"))
    assert found.value is None
    assert found.reason.startswith("above")
    assert found.ends[1] == math.inf
    assert found.ends[0] > 1.0
    assert ratio_test(asked, 1.0) is None


def test_one_token_alone_says_nothing():
    """A question that is always answered alike has no odds."""
    found = from_counts([({"a": 200}, {"a": 200})] * 5, stream(1, "one"))
    assert found.value is None
    assert "no two tokens" in found.reason
    assert found.needed() is None
