"""Bodies out, answers in."""

import json

import pytest

from evalkit.backends.stream import read_stream
from evalkit.backends.wire import body_of, read_answer, stem_of
from evalkit.errors import MalformedReplyError
from evalkit.nouns import Decoding, FinishReason, Mode, Request, cells


def answer(**changes):
    """Return the bytes of an answer with one choice."""
    fields = {
        "id": "r1",
        "model": "m",
        "choices": [choice("hello")],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1},
    }
    return json.dumps(fields | changes).encode()


def choice(content, **changes):
    """Return one choice."""
    return {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | changes


def test_a_body_carries_what_the_cell_says(suite_of):
    """Model, messages, temperature and the token limit are always sent; n and seed when asked for."""
    decoding = Decoding(max_tokens=64, top_p=0.9, seed=7, stop=("END",), extra=(("top_k", 5),))
    cell = cells(suite_of("Hi", decoding=decoding))[1]
    body = json.loads(body_of(Request(cell=cell, replicates=(2, 3)), stem_of(cell)))
    assert body == {
        "model": "storyteller-small",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 64,
        "temperature": 1.0,
        "top_p": 0.9,
        "stop": ["END"],
        "top_k": 5,
        "n": 2,
        "seed": 9,
    }


def test_a_plain_body_carries_no_more_than_needed(suite_of):
    """Servers that refuse unknown fields get only the five that everyone knows."""
    cell = cells(suite_of("Hi"))[0]
    assert set(json.loads(body_of(Request(cell=cell, replicates=(0,)), stem_of(cell)))) == {
        "model",
        "messages",
        "max_tokens",
        "temperature",
    }


def test_an_answer_is_read():
    """Text, reason, names and tokens come out; the bytes stay."""
    raw = answer()
    reply = read_answer(raw)
    assert (reply.completions[0].text, reply.response_id, reply.usage.completion_tokens) == ("hello", "r1", 1)
    assert reply.raw == raw


@pytest.mark.parametrize("text", ["", "\x00", "\ud83d", "𝄞\u202e", "é" * 10, "a\u0085b\u2028"])
def test_texts_survive_exactly(text):
    """Lone surrogates, NUL and line separators come through unchanged."""
    assert read_answer(answer(choices=[choice(text)])).completions[0].text == text


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("length", FinishReason.LENGTH),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("eos", FinishReason.UNKNOWN),
        (None, FinishReason.UNKNOWN),
        (7, FinishReason.UNKNOWN),
    ],
)
def test_finish_reasons_are_kept_and_strange_ones_are_unknown(reason, expected):
    """A cut or filtered text is a completion with its reason."""
    assert read_answer(answer(choices=[choice("x", finish_reason=reason)])).completions[0].finish_reason is expected


def test_null_content_and_refusals_are_completions():
    """A refusal is an answer, not an error."""
    refused = {"index": 0, "message": {"content": None, "refusal": "I can not."}, "finish_reason": "stop"}
    completion = read_answer(answer(choices=[refused])).completions[0]
    assert (completion.text, completion.is_null, completion.refusal) == ("", True, "I can not.")


@pytest.mark.parametrize(("content", "is_null"), [(None, True), ("", False), ([], False), ("x", False)])
def test_null_is_not_an_empty_text(content, is_null):
    """A server that sends null has said something else than one that sends nothing."""
    assert read_answer(answer(choices=[choice(content)])).completions[0].is_null is is_null


def test_calls_of_tools_are_kept():
    """What the model asks for is kept as it came; an empty list asks for nothing."""
    calls = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]
    said = [{"message": {"content": None, "tool_calls": each}} for each in (calls, [], None)]
    assert [each.tool_calls for each in read_answer(answer(choices=said)).completions] == [calls, None, None]


@pytest.mark.parametrize("usage", [None, 5, [], {"prompt_tokens": None}, {"prompt_tokens": "3"}, {"prompt_tokens": -1}])
def test_strange_usage_is_unknown_not_zero(usage):
    """Tokens that a server did not count are None."""
    assert read_answer(answer(usage=usage)).usage.prompt_tokens is None


def test_choices_are_counted_as_they_come():
    """More or fewer choices than asked for come through as they are."""
    assert len(read_answer(answer(choices=[choice("a"), choice("a"), choice("b", index=5)])).completions) == 3


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        (b"", "not-json"),
        (b"   ", "not-json"),
        (answer()[:-5], "not-json"),
        (b"<html>busy</html>", "not-json"),
        (b'{"choices": [{"message": {"content": "\xff"}}]}', "not-utf8"),
        (b'{"choices": [{"message": {"content": "x"}}], "usage": NaN}', "not-json"),
        (b"[" * 100_000, "too-deep"),
        (b'"just a string"', "wrong-shape"),
        (b'{"choices": "a string"}', "wrong-shape"),
        (b'{"choices": [{"index": 0}]}', "wrong-shape"),
        (b'{"choices": []}', "no-choices"),
        (b'{"choices": null}', "no-choices"),
        (b"{}", "no-choices"),
        (b'{"error": {"message": "overloaded"}}', "error-in-200"),
    ],
)
def test_malformed_bodies_are_recognised_and_kept(raw, slug):
    """Whatever is no chat completion is malformed, and its bytes are kept."""
    with pytest.raises(MalformedReplyError) as caught:
        read_answer(raw)
    assert (caught.value.slug, caught.value.raw) == (slug, raw)


def events(*chunks, done=True):
    """Return a body of server-sent events."""
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def delta(text, reason=None):
    """Return one chunk."""
    return {"id": "s1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


@pytest.mark.parametrize("done", [True, False])
def test_a_stream_is_put_together(done):
    """Pieces join to the text, with or without the closing mark, which some servers never send."""
    raw = events(
        delta(None),
        delta("Hello"),
        delta(" you"),
        delta(None, "stop"),
        {"choices": [], "usage": {"prompt_tokens": 2}},
        done=done,
    )
    reply = read_stream(raw)
    assert (reply.completions[0].text, reply.usage.prompt_tokens) == ("Hello you", 2)


def test_a_stream_keeps_what_it_tells_of_tokens():
    """Log-probabilities come piece by piece too; a choice of which nothing is told has none."""
    told = [{"token": word, "logprob": -0.5, "top_logprobs": []} for word in ("Hello", " you")]
    pieces = [delta(each["token"]) for each in told]
    for piece, each in zip(pieces, told, strict=True):
        piece["choices"][0]["logprobs"] = {"content": [each], "refusal": None}
    pieces[0]["choices"].append({"index": 1, "delta": {"content": "Hi"}, "logprobs": None, "finish_reason": "stop"})
    reply = read_stream(events(*pieces, delta(None, "stop")))
    assert [each.logprobs for each in reply.completions] == [{"content": told}, None]


def test_a_stream_tells_null_from_nothing_and_calls_of_tools():
    """Pieces of calls join by their place; a choice whose pieces are all null is null."""
    first = {"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}
    pieces = [
        [first],
        [{"index": 0, "function": {"arguments": '{"a": '}}],
        [{"index": 0, "function": {"arguments": "1}"}}],
    ]
    called = [{"choices": [{"index": 0, "delta": {"content": None, "tool_calls": each}}]} for each in pieces]
    empty = {"choices": [{"index": 1, "delta": {"content": ""}, "finish_reason": "stop"}]}
    call, silent = read_stream(events(*called, delta(None, "tool_calls"), empty)).completions
    assert (call.text, call.is_null, silent.is_null, silent.tool_calls) == ("", True, False, None)
    assert call.tool_calls == [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]


@pytest.mark.parametrize("raw", [b"", events(delta("Hel")), events({"error": {"message": "x"}}), b"data: {broken\n\n"])
def test_a_cut_stream_is_malformed(raw):
    """No finish reason means that the text was cut, whatever the status says."""
    with pytest.raises(MalformedReplyError):
        read_stream(raw)


def test_a_streaming_cell_asks_for_a_stream(suite_of):
    """Mode STREAM asks for events and for usage at their end."""
    cell = cells(suite_of("Hi", mode=Mode.STREAM))[0]
    body = json.loads(body_of(Request(cell=cell, replicates=(0,)), stem_of(cell)))
    assert body["stream"] is True
