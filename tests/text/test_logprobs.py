"""Reading what servers tell of tokens."""

import json

import pytest

from evalkit.text.logprobs import TokenLogprobs, token_logprobs


def told(*entries):
    """Return the JSON of a choice's log-probabilities."""
    return json.dumps({"content": list(entries), "refusal": None})


def test_own_and_likeliest_are_read():
    """Each token has its own log-probability and those of the likeliest, rounding above 0 put right."""
    entry = {"token": "a", "logprob": -0.5, "top_logprobs": [{"logprob": 1e-9}, {"logprob": -2}, {"logprob": None}]}
    assert token_logprobs(told(entry)) == (TokenLogprobs(own=-0.5, top=(0.0, -2.0), token=entry["token"]),)


def test_a_token_is_known_by_its_bytes():
    """Two parts of characters that are shown as the same text are two tokens, and what is no byte is not taken."""
    first, second, wrong, bare = token_logprobs(
        told(
            {"token": "\ufffd", "bytes": [226, 130]},
            {"token": "\ufffd", "bytes": [226]},
            {"token": "a", "bytes": [256]},
            {"bytes": None},
        )
    )
    assert (first.token, second.token, wrong.token, bare.token) == ("e282", "e2", "a", None)


@pytest.mark.parametrize("value", [None, "x", True, float("-inf"), float("nan")])
def test_what_is_no_number_is_none(value):
    """A log-probability that is missing or not finite is None, and the token stays."""
    assert token_logprobs(told({"logprob": value})) == (TokenLogprobs(own=None, top=()),)


@pytest.mark.parametrize("text", [None, "", "null", "3", "[]", "{", '{"content": null}', '{"content": [1]}', "{}"])
def test_nothing_told_is_nothing_read(text):
    """Without a list of tokens there are none, whatever was sent instead."""
    assert token_logprobs(text) == ()
