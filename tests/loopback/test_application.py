import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest

from evalkit.loopback.application import BODY_LIMIT
from evalkit.loopback.server import Server

Chat = Callable[..., Any]
Send = Callable[..., Any]


def texts(reply: Any) -> list[str]:
    return [choice["message"]["content"] for choice in reply.json["choices"]]


def test_reply_has_the_shape_of_the_protocol(calm: Server, chat: Chat) -> None:
    """A completion names itself, its model, its choices, its usage and its fingerprint."""
    reply = chat(calm, model="meta-llama/Llama-2-70b-chat-hf", temperature=0).json
    assert reply["object"] == "chat.completion"
    assert reply["model"] == "meta-llama/Llama-2-70b-chat-hf"
    assert reply["id"].startswith("chatcmpl-")
    assert reply["system_fingerprint"].startswith("fp_")
    choice = reply["choices"][0]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"].startswith("Pick a tomato")
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "stop", None)
    assert reply["usage"]["total_tokens"] == reply["usage"]["prompt_tokens"] + reply["usage"]["completion_tokens"]


def test_cold_answers_are_equal_and_warm_ones_differ(calm: Server, chat: Chat) -> None:
    """At temperature 0 all answers are one text, at 1 hardly any two are equal."""
    assert len(set(texts(chat(calm, n=20, temperature=0)))) == 1
    assert len(set(texts(chat(calm, n=20, temperature=1)))) > 15
    assert len({texts(chat(calm, temperature=1))[0] for _ in range(10)}) > 5


def test_seed_makes_answers_repeatable(calm: Server, chat: Chat) -> None:
    """The same seed gives the same answers, whatever comes between and however many are asked for."""
    first = texts(chat(calm, seed=3, n=3))
    chat(calm)
    assert texts(chat(calm, seed=3, n=3)) == first
    assert texts(chat(calm, seed=3)) == first[:1]
    assert texts(chat(calm, seed=4)) != first[:1]
    assert len(set(first)) == 3


def test_limit_and_stop_cut_the_text(calm: Server, chat: Chat) -> None:
    """max_tokens cuts with reason length, a stop string with reason stop."""
    cut = chat(calm, max_tokens=3, temperature=0).json["choices"][0]
    assert (cut["message"]["content"], cut["finish_reason"]) == ("Pick a tomato", "length")
    stopped = chat(calm, stop=["that"], temperature=0).json["choices"][0]
    assert (stopped["message"]["content"], stopped["finish_reason"]) == ("Pick a tomato ", "stop")


def test_stream_ends_with_reason_usage_and_done(calm: Server, chat: Chat) -> None:
    """A stream gives the words one by one, then the finish reason, the usage if asked for, and DONE."""
    reply = chat(calm, stream=True, max_tokens=3, temperature=0, stream_options={"include_usage": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    *events, done = reply.events
    assert done == "[DONE]"
    deltas = [event["choices"][0]["delta"] for event in events[:-1]]
    assert [delta.get("content") for delta in deltas] == ["", "Pick", " a", " tomato", None]
    assert events[-2]["choices"][0]["finish_reason"] == "length"
    assert (events[-1]["choices"], events[-1]["usage"]["completion_tokens"]) == ([], 3)


def test_equal_server_seeds_give_equal_answers_in_any_order(chat: Chat) -> None:
    """Two servers of one seed give the same answers to the same requests, sent in whatever order."""
    asked = [{"temperature": 0.7 + 0.1 * (i % 3)} for i in range(24)]
    heard = []
    for order in (asked, asked[::-1]):
        with Server(seed=5) as server, ThreadPoolExecutor(8) as pool:
            replies = list(
                pool.map(lambda fields, to=server: (fields["temperature"], texts(chat(to, **fields))), order)
            )
        heard.append(sorted((temperature, text[0]) for temperature, text in replies))
    assert heard[0] == heard[1]
    with Server(seed=6) as server:
        assert texts(chat(server, n=4)) != texts(chat(server, n=4))


def test_models_and_embeddings_are_served(calm: Server, send: Send) -> None:
    """The list of models names the small storyteller, and embeddings come back in order."""
    listed = send(calm, "GET", "/v1/models").json
    assert "storyteller-small" in [model["id"] for model in listed["data"]]
    body = json.dumps({"model": "m", "input": ["a b", "c"]}).encode()
    reply = send(calm, "POST", "/v1/embeddings", body).json
    assert [entry["index"] for entry in reply["data"]] == [0, 1]
    assert reply["usage"]["prompt_tokens"] == 3


def test_official_client_understands_it(calm: Server) -> None:
    """The openai client reads completions, streams, logprobs, models and embeddings."""
    with openai.OpenAI(base_url=calm.url, api_key="local", max_retries=0) as client:
        asked: Any = {"model": "m", "messages": [{"role": "user", "content": "a tomato"}], "temperature": 0}
        whole = client.chat.completions.create(**asked, n=2, logprobs=True, top_logprobs=2)
        assert whole.choices[1].message.content == whole.choices[0].message.content
        assert len(whole.choices[0].logprobs.content[0].top_logprobs) == 2
        said = "".join(
            chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**asked, stream=True)
        )
        assert said == whole.choices[0].message.content
        assert client.models.list().data[0].id == "storyteller-small"
        assert len(client.embeddings.create(model="m", input="a").data[0].embedding) == 64
        with pytest.raises(openai.BadRequestError, match="temperature"):
            client.chat.completions.create(**{**asked, "temperature": 3})


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"]
)
def test_other_host_names_are_refused(calm: Server, send: Send, host: str) -> None:
    """A Host that is not a loopback name with this port is a 403: the name was rebound."""
    assert send(calm, "GET", "/v1/models", host=host).status == 403


def test_origins_other_than_its_own_are_refused(calm: Server, send: Send) -> None:
    """A page from elsewhere gets a 403 and no permission; the same origin is let in."""
    reply = send(calm, "GET", "/v1/models", origin="https://evil.example")
    assert reply.status == 403
    assert not [name for name in reply.headers if name.startswith("access-control")]
    own = calm.url.removesuffix("/v1")
    assert send(calm, "GET", "/v1/models", origin=own).status == 200
    assert send(calm, "GET", "/v1/models", host=own.replace("http://127.0.0.1", "LocalHost")).status == 200


def test_form_posts_are_refused(calm: Server, send: Send) -> None:
    """A body that is not declared as JSON is a 415."""
    assert send(calm, "POST", "/v1/chat/completions", b"{}", content_type="text/plain").status == 415


def test_compressed_bodies_are_refused(calm: Server, send: Send) -> None:
    """A body that would have to be unpacked is a 415."""
    reply = send(calm, "POST", "/v1/chat/completions", gzip.compress(b"{}"), content_encoding="gzip")
    assert (reply.status, reply.json["error"]["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize("depth", [10, 300, 600, 900, *range(930, 1000, 3), 5_000, 2_000_000])
def test_deep_nesting_is_answered_or_refused(calm: Server, send: Send, depth: int) -> None:
    """However deep, a body is understood or a 400."""
    message = {"role": "user", "content": "a", "deep": "HERE"}
    body = json.dumps({"model": "m", "messages": [message], "seed": 1, "max_tokens": 1}).encode()
    reply = send(calm, "POST", "/v1/chat/completions", body.replace(b'"HERE"', b"[" * depth + b"]" * depth))
    assert reply.status == (200 if depth < 900 else reply.status)
    assert reply.status == (400 if depth > 1000 else reply.status)
    assert reply.status in {200, 400}


def test_large_bodies_are_refused(calm: Server, send: Send) -> None:
    """A body over the limit is a 413, and one under it is read."""
    assert send(calm, "POST", "/v1/chat/completions", b" " * (BODY_LIMIT + 1)).status == 413
    assert send(calm, "POST", "/v1/chat/completions", b" " * BODY_LIMIT).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/models/", 404),
        ("GET", f"/{'a' * 9000}", 404),
        ("GET", "/v1/chat/completions", 405),
    ],
)
def test_unknown_addresses_get_error_objects(calm: Server, send: Send, method: str, path: str, status: int) -> None:
    """What is not there is told in the protocol's error object."""
    reply = send(calm, method, path)
    assert reply.status == status
    assert set(reply.json["error"]) == {"message", "type", "param", "code"}
    assert reply.headers.get("allow") == ("POST" if status == 405 else None)


def test_key_is_checked(chat: Chat, send: Send) -> None:
    """With a key set, a request without it or with another is a 401 in the protocol's words."""
    with Server(key="sesame") as server:
        refused = chat(server)
        assert refused.status == 401
        assert refused.json["error"]["code"] == "invalid_api_key"
        assert send(server, "GET", "/v1/models", authorization="Bearer sesam").status == 401
        assert send(server, "GET", "/v1/models", authorization="Bearer sesame").status == 200


def test_journal_notes_every_request(chat: Chat, send: Send) -> None:
    """The journal has path, fields, status of each request by the time its reply is there."""
    with Server() as server:
        chat(server, temperature=0.5)
        chat(server, temperature=9)
        send(server, "GET", "/v1/models")
        assert [(served.path, served.status) for served in server.journal] == [
            ("/v1/chat/completions", 200),
            ("/v1/chat/completions", 400),
            ("/v1/models", 200),
        ]
        fields = server.journal[0].fields
        assert fields is not None
        assert fields["temperature"] == 0.5
        assert len(server.journal[1:]) == 2


def test_closed_journal_takes_nothing_in(chat: Chat) -> None:
    """Who serves for days can close the journal, so that it does not grow."""
    with Server() as server:
        server.journal.close()
        assert chat(server).status == 200
        assert not server.journal


def test_hostile_names_do_no_harm(calm: Server, send: Send) -> None:
    """Lone surrogates in model and prompt come back escaped."""
    fields = {"model": "\ud800", "messages": [{"role": "user", "content": "\udfff\x00"}], "stop": "\ud800"}
    reply = send(calm, "POST", "/v1/chat/completions", json.dumps(fields).encode())
    assert reply.status == 200
    assert reply.json["model"] == "\ud800"


def _broken(_app: object) -> Callable[..., Any]:
    """Return what fails with words that are nobody's business."""

    async def fail(*_: object) -> None:
        raise RuntimeError("the cellar key is under the mat")

    return fail


def test_a_fault_of_its_own_is_a_500_without_a_word(send: Send, capfd: pytest.CaptureFixture[str]) -> None:
    """What breaks inside is told as such: no trace, neither in the answer nor on the console."""
    server = Server()
    server.app.add_middleware(_broken)
    with server:
        reply = send(server, "GET", "/v1/models")
    assert reply.status == 500
    assert reply.json["error"]["type"] == "server_error"
    assert b"cellar" not in reply.body
    assert capfd.readouterr() == ("", "")
