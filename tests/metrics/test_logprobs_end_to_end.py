"""Entropies from the log-probabilities that an endpoint tells, through HTTP and the store."""

from __future__ import annotations

import pytest

import evalkit
from evalkit.loopback.truth import truth_of
from evalkit.nouns import Decoding, MetricRequest, Mode

QUESTION = "Tell a story about a lighthouse keeper."
ASKED = (("logprobs", True), ("top_logprobs", 20))


@pytest.mark.parametrize("mode", list(Mode))
def test_the_entropy_of_an_answer_is_found(tmp_path, suite_of, mode):
    """At temperature 1, where the endpoint tells what it samples by, the mean of -log p is the true entropy."""
    names = ("sequence_entropy", "token_entropy", "token_varentropy", "latency", "length_tokens")
    suite = suite_of(
        QUESTION,
        mode=mode,
        samples=64,
        temperatures=(1.0,),
        metrics=tuple(MetricRequest(name=name) for name in names),
        decoding=Decoding(max_tokens=64, seed=7, extra=ASKED),
    )
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store)
        found = {name: curve.points[0].estimate for name, curve in evalkit.measure(store, "small", level=0.999).items()}
    truth = truth_of([{"role": "user", "content": QUESTION}], temperature=1.0, max_tokens=64)
    assert truth.entropy_nats in found["sequence_entropy"].interval
    assert truth.entropy_nats / truth.expected_length == pytest.approx(found["token_entropy"].value, rel=0.1)
    assert found["token_varentropy"].value > 0.0
    assert found["latency"].value > 0.0
    # Tokens of answers that share a request are counted together.
    assert (found["length_tokens"].value is None) == (mode is Mode.CHOICES)


def test_without_asking_there_is_no_entropy(tmp_path, suite_of):
    """An endpoint that was not asked for log-probabilities tells none, and the value says so."""
    suite = suite_of(QUESTION, metrics=(MetricRequest(name="sequence_entropy"),))
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store)
        (curve,) = evalkit.measure(store, "small").values()
    assert {point.estimate.value for point in curve.points} == {None}
    assert all(point.estimate.undefined for point in curve.points)
