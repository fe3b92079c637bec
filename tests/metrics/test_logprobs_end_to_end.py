"""What log-probabilities tell, through HTTP and the store, and what is refused where they mean something else."""

from __future__ import annotations

import pytest

import evalkit
from evalkit.loopback.server import Server
from evalkit.loopback.truth import truth_of
from evalkit.nouns import Decoding, Endpoint, LogprobMeaning, MetricRequest, Mode

QUESTION = "Tell a story about a lighthouse keeper."
ASKED = (("logprobs", True), ("top_logprobs", 20))
ENTROPIES = ("sequence_entropy", "token_entropy", "token_varentropy")
MARGINS = ("fork_margin", "near_tie_share")


@pytest.fixture
def curves(tmp_path, suite_of):
    """Return a function of habits and of what a suite is changed in: the curves of a run with its preflight."""

    def measure(*habits, names=(*ENTROPIES, *MARGINS), preflight=True, **changes):
        with Server(seed=3, habits=habits) as server, evalkit.open_store(tmp_path / "runs.sqlite") as store:
            fields = {
                "endpoint": Endpoint(model="storyteller-small", base_url=server.url),
                "temperatures": (0.7, 1.0),
                "samples": 12,
                "metrics": tuple(MetricRequest(name=name) for name in names),
                "decoding": Decoding(max_tokens=48, seed=7, extra=ASKED),
            }
            evalkit.run(suite_of(QUESTION, **(fields | changes)), store, preflight=preflight)
            return dict(evalkit.measure(store, "small", level=0.999))

    return measure


def reasons(curve):
    """Return why a curve's points have no value, None where they have one."""
    found = [point.measurements[0].undefined for point in curve.points]
    assert [point.estimate.value is None for point in curve.points] == [reason is not None for reason in found]
    return found


@pytest.mark.parametrize("mode", list(Mode))
def test_the_entropy_of_an_answer_is_found(tmp_path, suite_of, mode):
    """At temperature 1, where the endpoint tells what it samples by, the mean of -log p is the true entropy."""
    names = (*ENTROPIES, "latency", "length_tokens")
    suite = suite_of(
        QUESTION,
        mode=mode,
        samples=64,
        temperatures=(1.0,),
        metrics=tuple(MetricRequest(name=name) for name in names),
        decoding=Decoding(max_tokens=64, seed=7, extra=ASKED),
    )
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store, preflight=True)
        found = {name: curve.points[0].estimate for name, curve in evalkit.measure(store, "small", level=0.999).items()}
    truth = truth_of([{"role": "user", "content": QUESTION}], temperature=1.0, max_tokens=64)
    assert truth.entropy_nats in found["sequence_entropy"].interval
    assert truth.entropy_nats / truth.expected_length == pytest.approx(found["token_entropy"].value, rel=0.1)
    assert found["token_varentropy"].value > 0.0
    assert found["latency"].value > 0.0
    # Tokens of answers that share a request are counted together.
    assert (found["length_tokens"].value is None) == (mode is Mode.CHOICES)


def test_before_temperature_an_entropy_of_answers_is_refused_elsewhere(curves):
    """Values of temperature 1 give no entropy of answers at 0.7; what is of the told distribution says which."""
    found = curves()
    assert {curve.metric.meaning for curve in found.values()} == {LogprobMeaning.BEFORE_TEMPERATURE}
    cold, at_one = reasons(found["sequence_entropy"])
    assert "cross-entropy" in cold
    assert at_one is None
    assert "before temperature" in found["token_entropy"].metric.words
    assert all(reasons(found[name]) == [None, None] for name in (*ENTROPIES[1:], *MARGINS))


def test_what_is_told_before_can_be_brought_to_what_was_drawn(curves):
    """The sum over tokens of the entropy at the cell's temperature brackets the true entropy of its answers."""
    truths = [truth_of([{"role": "user", "content": QUESTION}], temperature=t, max_tokens=48) for t in (0.7, 1.3)]
    n_words = truths[0].targets.shape[1]
    drawn = (("of", "drawn"), ("per", "text"))
    asked = [drawn, (("bound", "upper"), *drawn, ("vocabulary", n_words))]
    metrics = tuple(MetricRequest(name="token_entropy", options=options) for options in asked)
    lower, upper = curves(metrics=metrics, temperatures=(0.0, 0.7, 1.3), samples=40).values()
    assert "T = 0" in reasons(lower)[0]
    assert "T = 0" in reasons(upper)[0]
    assert truths[0].entropy_nats in lower.points[1].estimate.interval
    for truth, below, above in zip(truths, lower.points[1:], upper.points[1:], strict=True):
        assert below.estimate.interval.low < truth.entropy_nats < above.estimate.interval.high
        assert below.estimate.value < above.estimate.value


def test_after_temperature_entropies_are_those_of_what_was_sampled(curves):
    """The true entropy of answers at 0.7 lies in the interval where the endpoint tells what it samples by."""
    whole = MetricRequest(name="token_entropy", options=(("per", "text"),))
    metrics = (*(MetricRequest(name=name) for name in ENTROPIES), whole)
    found = curves("logprobs-after", metrics=metrics, samples=40)
    truth = truth_of([{"role": "user", "content": QUESTION}], temperature=0.7, max_tokens=48)
    assert {curve.metric.meaning for curve in found.values()} == {LogprobMeaning.AFTER_TEMPERATURE}
    for title in ("sequence_entropy", "token_entropy(per=text)"):
        assert truth.entropy_nats in found[title].points[0].estimate.interval
    assert all(reasons(curve) == [None, None] for curve in found.values())


def test_a_margin_is_the_same_before_and_after(curves, tmp_path):
    """Brought to temperature 1, leads do not hang on the convention: the same answers have the same."""
    first = curves(names=MARGINS, samples=20, temperatures=(0.7,))
    (tmp_path / "runs.sqlite").unlink()
    second = curves("logprobs-after", names=MARGINS, samples=20, temperatures=(0.7,))
    for name in MARGINS:
        one, other = (found[name].points[0].estimate for found in (first, second))
        assert one.value == pytest.approx(other.value, rel=1e-3)
    assert first["fork_margin"].points[0].estimate.interval is None
    assert first["near_tie_share"].points[0].estimate.value in first["near_tie_share"].points[0].estimate.interval


def test_lists_that_add_up_to_one_leave_the_margin_only(curves):
    """Where nothing is told of what lies outside the lists, an entropy is refused and a lead is not."""
    found = curves("logprobs-topk-renormalised")
    assert all("add up to 1" in reason for name in ENTROPIES for reason in reasons(found[name]))
    assert all(reasons(found[name]) == [None, None] for name in MARGINS)


@pytest.mark.parametrize(
    ("habits", "preflight", "words"),
    [
        ((), False, "nobody asked"),
        (("clamped:0.8", "logprobs-after"), True, "neither of"),
        (("logprobs-none",), True, "ask for them"),
    ],
)
def test_without_a_meaning_there_is_no_value(curves, habits, preflight, words):
    """Nobody asked, a meaning of its own, or nothing told: no value of any metric, and the reason says which."""
    found = curves(*habits, preflight=preflight)
    assert all(words in reason for curve in found.values() for reason in reasons(curve))


def test_who_knows_the_meaning_may_say_it(curves):
    """Without a preflight the option is believed, and stands in the title."""
    asked = MetricRequest(name="token_entropy", options=(("meaning", "before"),))
    (curve,) = curves(preflight=False, metrics=(asked,)).values()
    assert curve.metric.title == "token_entropy(meaning=before)"
    assert reasons(curve) == [None, None]


def test_without_asking_there_is_no_entropy(tmp_path, suite_of):
    """An endpoint that was not asked for log-probabilities tells none, and the value says so."""
    suite = suite_of(QUESTION, metrics=(MetricRequest(name="sequence_entropy"),))
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store)
        (curve,) = evalkit.measure(store, "small").values()
    assert {point.estimate.value for point in curve.points} == {None}
    assert all(point.estimate.undefined for point in curve.points)
