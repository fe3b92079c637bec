"""Metrics of single samples: quality, flags, lengths and log-probabilities."""

from __future__ import annotations

import json
import math

import pytest

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Cell,
    Decoding,
    Draw,
    Endpoint,
    FinishReason,
    Message,
    MetricRequest,
    Mode,
    Prompt,
    Sample,
    Usage,
)

PLAIN = "The answer is 42, as everybody knows."


@pytest.fixture
def value_of():
    """Return a function of a metric's name, a text, options and what else is told of the sample: the value."""

    def measure(name, text=PLAIN, *, options=None, mode=Mode.SEPARATE, question="What is it?", **told):
        prompt = Prompt(id="p", messages=(Message(role="user", content=question),))
        cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=1.0), mode=mode)
        metric = resolve(MetricRequest(name=name, options=tuple((options or {}).items())))
        return metric.function(Sample(draw=Draw(cell=cell, replicate=0), text=text, **told))

    return measure


@pytest.fixture
def told():
    """Return a function of token's probabilities and those of the likeliest tokens: the JSON of a server."""

    def write(own, top=()):
        entries = [
            {"logprob": math.log(p), "top_logprobs": [{"logprob": math.log(each)} for each in likeliest]}
            for p, likeliest in zip(own, top or [()] * len(own), strict=True)
        ]
        return json.dumps({"content": entries})

    return write


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (PLAIN, {}, 1.0),
        (" \n", {}, 0.0),
        ("no " * 20, {}, 0.0),
        ("42 \ufffd", {}, 0.0),
        (PLAIN, {"pattern": r"\b\d+\b"}, 1.0),
        (PLAIN, {"pattern": r"^\d+$"}, 0.0),
        (PLAIN, {"contains": "42"}, 1.0),
        (PLAIN, {"contains": "Answer"}, 0.0),
        (PLAIN, {"max_words": 7}, 1.0),
        (PLAIN, {"max_words": 6}, 0.0),
        ("今天天气", {"max_words": 4}, 1.0),
        ("今天天气", {"max_words": 3}, 0.0),
        ('```json\n{"a": 1}\n```', {"json": True}, 1.0),
        (PLAIN, {"json": True}, 0.0),
        (PLAIN, {"contains": "42", "json": True}, 0.0),
    ],
)
def test_validity_takes_every_check(value_of, text, options, expected):
    """A sample is valid when it passes all checks that were asked for, and those that always are."""
    assert value_of("validity", text, options=options) == expected


@pytest.mark.parametrize("told", [{"refusal": "No."}, {"finish_reason": FinishReason.CONTENT_FILTER}])
def test_what_was_refused_is_not_valid(value_of, told):
    """A mark of the server is enough, whatever the text says."""
    assert value_of("validity", **told) == 0.0
    assert value_of("refusal_share", **told) == 1.0
    assert value_of("refusal_share") == 0.0


@pytest.mark.parametrize("options", [{"pattern": "("}, {"max_words": 0}, {"json": "yes"}])
def test_validity_refuses_checks_that_are_none(options):
    """A broken pattern, no words at all, and a word for a switch are told before any sampling."""
    with pytest.raises(UsageError):
        resolve(MetricRequest(name="validity", options=tuple(options.items())))


def test_degeneration_is_a_flag_with_limits(value_of):
    """A loop is flagged unless its limits are raised, and an empty sample is not."""
    loop = "and so on " * 10
    assert value_of("degeneration", loop) == 1.0
    assert value_of("degeneration", loop, options={"repetition": 1.0}) == 0.0
    assert value_of("degeneration", "") == 0.0
    assert value_of("degeneration", "cat, кот, γάτα") == 1.0
    assert value_of("degeneration", "cat, кот, γάτα", question="кот in English and Greek?") == 0.0


def test_degeneration_refuses_a_vocabulary_that_is_not_there(tmp_path):
    """The file is read when the metric is asked for."""
    with pytest.raises(UsageError, match="absent"):
        resolve(MetricRequest(name="degeneration", options=(("vocabulary", str(tmp_path / "absent")),)))
    (tmp_path / "words").write_text("cat", encoding="utf-8")
    assert resolve(MetricRequest(name="degeneration", options=(("vocabulary", str(tmp_path / "words")),)))


def test_empty_and_cut_samples_are_counted(value_of):
    """White space is empty; what the limit cut is cut, and nobody knows where the server does not say."""
    assert [value_of("empty_share", text) for text in ("", " \n", "a")] == [1.0, 1.0, 0.0]
    reasons = (FinishReason.LENGTH, FinishReason.STOP, FinishReason.UNKNOWN)
    assert [value_of("truncation_share", finish_reason=reason) for reason in reasons] == [1.0, 0.0, None]


def test_lengths_and_latency(value_of):
    """Code points, tokens as told, seconds as told; None where nothing was told or it was told of several."""
    usage = Usage(completion_tokens=9)
    assert resolve(MetricRequest(name="length_characters")).function("e\u0301 👩‍👩‍👧") == 2 + 1 + 5
    assert value_of("length_tokens", usage=usage) == 9.0
    assert value_of("length_tokens", usage=usage, mode=Mode.CHOICES) is None
    assert value_of("length_tokens") is None
    assert value_of("latency", latency_s=0.5) == 0.5
    assert value_of("latency") is None


def test_sequence_entropy_sums_what_was_told(value_of, told):
    """Minus the logarithm of a half times a quarter is three bits; half of that per token."""
    logprobs = told([0.5, 0.25])
    assert value_of("sequence_entropy", logprobs=logprobs) == pytest.approx(3 * math.log(2))
    per_token = value_of("sequence_entropy", logprobs=logprobs, options={"per": "token"})
    assert per_token == pytest.approx(1.5 * math.log(2))


@pytest.mark.parametrize("logprobs", [None, '{"content": []}', '{"content": [{"logprob": -1}, {"logprob": null}]}'])
@pytest.mark.parametrize("name", ["sequence_entropy", "token_entropy", "token_varentropy"])
def test_without_logprobs_there_is_no_value(value_of, name, logprobs):
    """What was not told, or only for some tokens, is None and never 0."""
    assert value_of(name, logprobs=logprobs) is None


@pytest.mark.parametrize("temperature", ["0.2", "0.5", "0.7", "1.0", "1.3", "2.0"])
def test_token_entropy_matches_other_code(oracle, value_of, told, temperature):
    """All tokens told: entropy and varentropy; the likeliest five of eight: the bracket around the entropy."""
    expected = oracle["tokens"]["by_temperature"][temperature]
    p = expected["p"]
    whole, five = told([p[0]] * 2, [p, p]), told([p[0]], [p[:5]])
    assert value_of("token_entropy", logprobs=whole) == pytest.approx(expected["entropy_nats"], abs=1e-9)
    assert value_of("token_varentropy", logprobs=whole) == pytest.approx(expected["varentropy_nats2"], abs=1e-9)
    lower = value_of("token_entropy", logprobs=five)
    upper = value_of("token_entropy", logprobs=five, options={"bound": "upper", "vocabulary": 8})
    assert lower == pytest.approx(expected["entropy_from_top5_lower"], abs=1e-9)
    assert upper == pytest.approx(expected["entropy_from_top5_upper_V8"], abs=1e-9)
    assert value_of("token_entropy", logprobs=whole, options={"per": "text"}) == pytest.approx(
        2 * expected["entropy_nats"], abs=1e-9
    )


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"bound": "upper"}, UsageError),
        ({"bound": "middle"}, UnknownNameError),
        ({"per": "word"}, UnknownNameError),
        ({"vocabulary": 1}, UsageError),
    ],
)
def test_token_entropy_refuses_a_bound_it_can_not_have(options, error):
    """The upper bound hangs on how many tokens there are, so it must be told."""
    with pytest.raises(error):
        resolve(MetricRequest(name="token_entropy", options=tuple(options.items())))
