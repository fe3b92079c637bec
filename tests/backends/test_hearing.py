"""Whatever a server answers is heard."""

import json

import pytest

from evalkit.backends.hearing import heard_of


def heard(body, status=200):
    """Return what a body says."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return heard_of(status, raw, started=1.0, done=1.5)


def test_a_completion_is_read_whole():
    """Texts, ends, tokens, usage and marks come out as sent; a token that is not there is far away."""
    top = [{"token": "Hi", "logprob": -0.1}, {"token": "Yo", "logprob": None}]
    found = heard(
        {
            "id": "r1",
            "model": "m",
            "system_fingerprint": "fp",
            "usage": {"prompt_tokens": 3, "completion_tokens": 1},
            "choices": [
                {
                    "message": {"content": "Hi"},
                    "finish_reason": "stop",
                    "logprobs": {"content": [{"token": "Hi", "logprob": -0.1, "top_logprobs": top}]},
                },
                {"message": {"content": None}, "finish_reason": None},
            ],
        }
    )
    assert found.ok
    assert found.texts == ("Hi", "")
    assert found.ends == ("stop", None)
    assert found.tokens[0].top == (("Hi", -0.1), ("Yo", -1e4))
    assert (found.response_id, found.model, found.fingerprint, found.latency_s) == ("r1", "m", "fp", 0.5)
    assert found.usage.completion_tokens == 1
    assert found.done is None


def test_a_stream_is_put_together():
    """Pieces become one text; its end, its usage and [DONE] are told, and a null in the first piece is nothing."""
    events = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]},
        {"choices": [{"index": 0, "delta": {"content": " there"}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]},
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
    ]
    lines = [f"data: {json.dumps(each)}\n\n" for each in events]
    found = heard("".join([*lines, "data: [DONE]\n\n"]).encode())
    assert found.text == " there"
    assert found.ends == ("length",)
    assert found.usage.completion_tokens == 1
    assert found.done is True
    cut = heard("".join(lines[:2]).encode())
    assert cut.ends == (None,)
    assert cut.done is False


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "no\nsuch value"}}, "status 400: no such value"),
        ({"detail": "Unexpected fields"}, "status 400: Unexpected fields"),
        ({"detail": [{"msg": "bad"}]}, "status 400: [{'msg': 'bad'}]"),
        (b"Internal Server Error", "status 400: Internal Server Error"),
        (b"", "status 400: an empty body"),
    ],
)
def test_an_error_of_any_shape_is_one_line(body, said):
    """Objects, details, lists and plain text are told alike."""
    found = heard(body, 400)
    assert not found.ok
    assert found.problem == said


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"{", b'{"choices": []}', b'{"choices": [1]}', b"\xff\x00", b"[" * 99999]
)
def test_what_is_no_completion_breaks_nothing(body):
    """Bodies of any shape under status 200 are no completions."""
    assert not heard(body).ok
