"""Whether an error is the refusal of a temperature."""

import json

import pytest

from evalkit.backends.dispositions import error_of
from evalkit.errors import RejectedError
from evalkit.nouns import UNSUPPORTED

REFUSED = [
    {
        "error": {
            "message": "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) "
            "value is supported.",
            "type": "invalid_request_error",
            "param": "temperature",
            "code": "unsupported_value",
        }
    },
    {"error": {"message": "Unsupported parameter: 'temperature' is not supported with this model.", "param": None}},
    {"error": {"message": "Invalid value", "param": "generation_config.temperature"}},
    {"error": {"message": "'temperature' : number must be at most 2"}},
    {"error": {"message": "invalid temperature: only 1 is allowed for this model"}},
    {"error": {"message": "Invalid temperature value, the valid range of temperature is [0, 2]"}},
    {"error": {"message": "`temperature` may only be set to 1 when thinking is enabled."}},
    {"error": {"message": "temperature: range: 0..1"}},
    {"error": {"message": "some-model models don't support temperature=0.7. Only temperature=1 is supported."}},
    {"object": "error", "message": "temperature must be non-negative, got -1.0.", "code": 40001},
    {"error": "Input validation error: `temperature` must be strictly positive"},
    {"detail": [{"loc": ["body", "temperature"], "msg": "Input should be less than or equal to 1.5"}]},
    {"object": "error", "message": {"detail": [{"loc": ["body", "temperature"], "msg": "at most 1.5"}]}},
]
OTHER = [
    {"error": {"message": "max_tokens is too large: lower it, or the temperature", "param": "max_tokens"}},
    {"error": {"message": "max_tokens must be at most 10; temperature and top_p are fine"}},
    {"error": {"message": "`temperature` and `top_p` cannot both be specified for this model."}},
    {"error": {"message": "only one of temperature and top_k may be set: unsupported"}},
    {"error": {"message": "The prompt 'What is the boiling temperature?' must not be longer than 3 tokens"}},
    {"error": {"message": "Your question about the temperature of the sun was blocked"}},
    {"error": {"message": "Unsupported value", "param": "messages[0].content"}},
    {"error": {"message": "temperature must be a number", "param": "n"}},
    {"detail": [{"loc": ["body", "top_p"], "msg": "temperature must be 1"}]},
    {"detail": [{"loc": ["body", "temperature"], "msg": "x"}, {"loc": ["body", "n"], "msg": "y"}]},
    {"error": {"message": "status 400"}},
    {"error": {"error": {"error": {"error": {"error": {"detail": [{"loc": ["body", "temperature"]}]}}}}}},
]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("told", REFUSED, ids=lambda told: json.dumps(told)[:60])
def test_a_refused_temperature_is_known_by_parameter_place_or_words(told, status):
    """What servers say when they refuse a temperature settles every draw at it."""
    error = error_of(status, json.dumps(told).encode(), {})
    assert (type(error), error.slug) == (RejectedError, UNSUPPORTED)


@pytest.mark.parametrize("told", OTHER, ids=lambda told: json.dumps(told)[:60])
def test_an_error_that_merely_names_temperature_is_another_one(told):
    """An arm is not given up for what a server says of something else, or of temperature among others."""
    assert error_of(400, json.dumps(told).encode(), {}).slug == "rejected"


def test_a_failed_check_of_the_temperature_under_500_is_no_bad_moment():
    """Some servers answer 500 where a temperature does not pass their check; trying again does not help."""
    found = "1 validation error:\n  {'type': 'less_than_equal', 'loc': ('body', 'temperature'), 'msg': 'at most 2'}"
    told = {"error": {"message": found, "type": "internal_server_error", "param": None, "code": None}}
    assert error_of(500, json.dumps(told).encode(), {}).slug == UNSUPPORTED


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_bad_moment_stays_one_whatever_is_said(status):
    """A server that is busy refuses no temperature."""
    body = b'{"error": {"message": "temperature is not supported", "param": "temperature"}}'
    assert error_of(status, body, {}).slug in {"conflict", "rate-limited", "server-error"}
