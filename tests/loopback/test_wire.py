import json

import pytest

from evalkit.loopback.language import CONTEXT
from evalkit.loopback.wire import DEFAULT_MAX_TOKENS, ProtocolError, decode, read_request, texts_to_embed

ASKED = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def test_silent_request_gets_the_defaults() -> None:
    """Temperature and top_p are 1, one answer of at most the default number of words, no seed."""
    asked = read_request({**ASKED, "temperature": None, "unheard_of": 1})
    assert (asked.temperature, asked.top_p, asked.n, asked.seed) == (1.0, 1.0, 1, None)
    assert asked.max_tokens == DEFAULT_MAX_TOKENS
    assert (asked.stop, asked.stream, asked.top_logprobs) == ((), False, None)


def test_limits_and_stops_are_read() -> None:
    """max_completion_tokens wins over max_tokens, both end at the context, a stop may be one string."""
    assert read_request({**ASKED, "max_tokens": 9, "max_completion_tokens": 5}).max_tokens == 5
    assert read_request({**ASKED, "max_tokens": 10**12}).max_tokens == CONTEXT
    assert read_request({**ASKED, "stop": "end"}).stop == ("end",)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"role": "wizard", "content": "hello"}]}, "messages[0].role"),
        ({"messages": [{"role": [], "content": "hello"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content"),
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"temperature": 2.5}, "temperature"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": "0.5"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"temperature": 1e999}, "temperature"),
        ({"top_p": 1.5}, "top_p"),
        ({"n": 0}, "n"),
        ({"n": 1000}, "n"),
        ({"n": 1.5}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_completion_tokens": -1}, "max_completion_tokens"),
        ({"max_tokens": 0, "max_completion_tokens": 1}, "max_tokens"),
        ({"stop": ""}, "stop"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"seed": "x"}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"stream": 1}, "stream"),
        ({"stream_options": []}, "stream_options"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
    ],
)
def test_bad_value_is_refused_by_name(fields: dict[str, object], param: str) -> None:
    """A bad value is a 400 whose error object names the parameter."""
    with pytest.raises(ProtocolError) as caught:
        read_request({**ASKED, **fields})
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"temperature": NaN}',
        b"[" * 100_000,
        b'{"n": ' + b"9" * 5000 + b"}",
        b'{"n": 1, "n": 2}',
    ],
)
def test_body_that_is_no_object_is_refused(body: bytes) -> None:
    """Bytes that are no JSON object are a 400, whatever is wrong with them."""
    with pytest.raises(ProtocolError, match="JSON"):
        decode(body)


def test_identity_changes_with_what_decides_and_nothing_else() -> None:
    """Two requests are of one kind when messages, model, temperature, top_p and seed are equal."""
    one = read_request({**ASKED, "seed": 1})
    assert one.identity == read_request({**ASKED, "seed": 1, "n": 3, "stream": True, "max_tokens": 3}).identity
    assert one.identity != read_request({**ASKED, "seed": 2}).identity
    assert one.identity != read_request({**ASKED, "seed": 1, "temperature": 0.5}).identity


def test_lone_surrogates_are_read() -> None:
    """A prompt with a lone surrogate is as good as any."""
    fields = decode(json.dumps({**ASKED, "messages": [{"role": "user", "content": "\ud800"}]}).encode())
    assert len(read_request(fields).identity) == 64


@pytest.mark.parametrize("given", [None, [], 3, ["a", 3], [[1, 2]]])
def test_embeddings_want_texts(given: object) -> None:
    """The input of embeddings is a string or a list of strings."""
    with pytest.raises(ProtocolError, match="input"):
        texts_to_embed({"model": "m", "input": given})
    assert texts_to_embed({"model": "m", "input": "a"}) == ("a",)
