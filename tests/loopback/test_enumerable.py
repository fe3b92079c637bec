"""The listed language: sums over every answer, against other people's and against themselves."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from evalkit.loopback.enumerable import WEATHER, EnumerableLanguage, EnumerableLaw, PairMoments

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "metrics.json"
COIN = EnumerableLanguage(words=("a",), logits=((0.0, 0.0), (math.log(3.0), 0.0)), max_tokens=2)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Return the reference language and its values; skips where the file is absent."""
    if not ORACLE.exists():
        pytest.skip("the reference values (../shared/oracles/metrics.json) are not here")
    return json.loads(ORACLE.read_text(encoding="utf-8"))["reference_lm"]


@pytest.fixture(scope="module")
def theirs(reference) -> EnumerableLanguage:
    """Return the reference language, read from its table."""
    logits = reference["logits_rows_bos_a_b_c_cols_a_b_c_eos"]
    return EnumerableLanguage(("a", "b", "c"), tuple(map(tuple, logits)), reference["max_tokens"])


def _values(law: EnumerableLaw, edits: PairMoments) -> dict[str, object]:
    """Return what the reference holds at one temperature, under its names."""
    moments = law.expect_pair(np.eye(len(law.probabilities)))
    found: dict[str, object] = {
        "outcomes": len(law.probabilities),
        "entropy_nats": law.entropy_nats,
        "hill_q1": math.exp(law.entropy_nats),
        "hill_q2": 1.0 / law.agreement,
        "modal_probability": law.modal_probability,
        "power_sum_2": law.agreement,
        "power_sum_3": law.power_sum(3),
        "expected_length_tokens": law.expected_length,
        "expected_common_prefix_tokens": law.expected_prefix,
        "first_token_p": law.rows[0].tolist(),
        "ustat_zeta1_exact_match": moments.zeta1,
        "expected_normalized_levenshtein": edits.mean,
        "ustat_zeta1_normalized_levenshtein": edits.zeta1,
        "ustat_zeta2_normalized_levenshtein": edits.zeta2,
    }
    for n in (5, 10, 20, 50):
        found[f"expected_coverage_n{n}"] = law.coverage(n)
        found[f"expected_distinct_n{n}"] = law.distinct(n)
        found[f"prob_all_agree_n{n}"] = law.power_sum(n)
    for n in (10, 20):
        found[f"ustat_exact_variance_normalized_levenshtein_n{n}"] = edits.variance(n)
    return found


def test_equals_the_reference_language(reference, theirs):
    """All 28 values at each of six temperatures come out of the reference table to 1e-9."""
    whole = ["".join(theirs.words[token] for token in answer) for answer in theirs.answers]
    distances = process.cdist(whole, whole, scorer=Levenshtein.normalized_distance, dtype=np.float64, workers=1)
    assert len(reference["by_temperature"]) == 6
    for temperature, expected in reference["by_temperature"].items():
        law = theirs.at(float(temperature))
        found = _values(law, law.expect_pair(distances))
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-15), (temperature, name)


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
