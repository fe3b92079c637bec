"""The listed language: sums over every answer, by hand and against themselves."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from evalkit.loopback.enumerable import WEATHER, EnumerableLanguage

COIN = EnumerableLanguage(words=("a",), logits=((0.0, 0.0), (math.log(3.0), 0.0)), max_tokens=2)


def test_a_language_of_one_word_by_hand():
    """One word, even at first and then three to one against the end: 1/2, 1/8 and 3/8."""
    law = COIN.at(1.0)
    assert COIN.texts == ("", "a", "a a")
    assert law.probabilities == pytest.approx([1 / 2, 1 / 8, 3 / 8])
    assert law.logprobs == pytest.approx(np.log([[1 / 2, 1], [1 / 2, 1 / 4], [1 / 2, 3 / 4]]))
    assert law.agreement == pytest.approx(1 / 4 + 1 / 64 + 9 / 64)
    assert law.survival == pytest.approx([1 / 4, 9 / 64])
    assert law.occupancy == pytest.approx([1, 1 / 2])
    assert law.expect(COIN.lengths.astype(float)) == pytest.approx((7 / 8, 1 / 8 + 3 / 2 - 49 / 64))
    assert law.distinct(2, among=np.array([False, True, True])) == pytest.approx(15 / 64 + 39 / 64)


@pytest.mark.parametrize("temperature", [0.25, 1.0, 2.0])
def test_every_answer_is_listed_once(temperature):
    """The texts differ and their probabilities sum to 1; entropy is that of the steps taken."""
    law = WEATHER.at(temperature)
    assert len(set(WEATHER.texts)) == len(WEATHER.texts) == 1365
    assert math.fsum(law.probabilities) == pytest.approx(1.0, abs=1e-12)
    of_step = -(law.rows * np.log(law.rows)).sum(axis=1)
    assert law.entropy_nats == pytest.approx(float(law.occupancy @ of_step), rel=1e-12)


def test_shared_beginnings_equal_the_double_sum():
    """The expected common prefix is the mean over all pairs of answers of the words they share."""
    law = COIN.at(0.7)
    shared = [
        [sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
         for other in COIN.answers]
        for one in COIN.answers
    ]  # fmt: skip
    assert law.expected_prefix == pytest.approx(law.expect_pair(np.array(shared, dtype=float)).mean)


def test_draws_follow_the_probabilities():
    """Of 100,000 draws each answer's share lies within five standard errors of its probability."""
    law, n = WEATHER.at(1.0), 100_000
    shares = np.bincount(law.draw(np.random.default_rng(0), n), minlength=1365) / n
    error = np.sqrt(law.probabilities * (1 - law.probabilities) / n)
    assert np.abs(shares - law.probabilities).max() > 0
    assert np.all(np.abs(shares - law.probabilities) < 5 * error + 2 / n)


def test_agreement_falls_and_entropy_rises_with_temperature():
    """A higher temperature never makes the weather report more certain on this grid."""
    laws = [WEATHER.at(temperature) for temperature in (0.25, 0.5, 0.7, 1.0, 1.5, 2.0)]
    assert np.all(np.diff([law.agreement for law in laws]) < 0)
    assert np.all(np.diff([law.entropy_nats for law in laws]) > 0)
