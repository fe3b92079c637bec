"""The openai backend against the embedded endpoint, faults included."""

import asyncio
import os
from dataclasses import replace

import openai
import pytest

from evalkit.backends.openai import openai_backend
from evalkit.errors import BackendError, EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import Decoding, Endpoint, FinishReason, Mode, Request, cells

KEY = "sk-test-0123456789abcdefgh"


@pytest.fixture
def ask(suite_of):
    """Return a function that asks a server once and returns the reply."""

    def once(server, *, replicates=(0,), client=None, timeout_s=5.0, max_bytes=2**20, temperature=0.0, **changes):
        suite = suite_of(temperatures=(temperature,), **changes)
        cell = replace(cells(suite)[0], endpoint=Endpoint(model="m", base_url=server.url))

        async def send():
            backend = openai_backend(
                cell.endpoint, api_key=KEY, timeout_s=timeout_s, max_bytes=max_bytes, client=client
            )
            try:
                return await backend.send(Request(cell=cell, replicates=replicates))
            finally:
                await backend.aclose()
                if client is not None:
                    await client.close()

        return asyncio.run(send())

    return once


def test_an_answer_comes_back_whole(ask):
    """Text, tokens, names and bytes of a plain answer."""
    with Server() as server:
        reply = ask(server)
    assert reply.completions[0].text
    assert reply.usage.completion_tokens == len(reply.completions[0].text.split())
    assert reply.raw.startswith(b"{")
    assert reply.first_byte is not None


def test_temperature_zero_gives_the_same_answer_twice(ask):
    """The embedded language has one answer at T = 0."""
    with Server() as server:
        assert ask(server).completions == ask(server).completions


@pytest.mark.parametrize("mode", [Mode.CHOICES, Mode.STREAM])
def test_other_modes_give_completions_too(ask, mode):
    """Several choices of one request, and an answer in pieces."""
    n = 3 if mode is Mode.CHOICES else 1
    with Server() as server:
        reply = ask(server, mode=mode, replicates=tuple(range(n)))
    assert len(reply.completions) == n
    assert all(completion.text for completion in reply.completions)


def test_a_short_limit_cuts_the_text(ask):
    """A text that was cut is a completion that says so."""
    with Server() as server:
        (completion,) = ask(server, decoding=Decoding(max_tokens=3)).completions
    assert completion.finish_reason is FinishReason.LENGTH
    assert len(completion.text.split()) == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("status:503", TransientError),
        ("status:429", TransientError),
        ("reset", TransientError),
        ("status:401", EndpointError),
        ("status:404", EndpointError),
        ("quota", EndpointError),
        ("redirect", TransientError),
        ("status:400", RejectedError),
        ("truncated", MalformedReplyError),
        ("empty", MalformedReplyError),
        ("html", MalformedReplyError),
        ("error-200", MalformedReplyError),
        ("no-choices", MalformedReplyError),
        ("not-utf8", MalformedReplyError),
        ("string-choices", MalformedReplyError),
        ("huge:3000000", MalformedReplyError),
    ],
)
def test_a_fault_has_its_disposition(ask, fault, kind):
    """What a server does wrong decides what happens next."""
    with Server(faults=Faults(script=[fault])) as server, pytest.raises(BackendError) as caught:
        ask(server)
    assert type(caught.value) is kind


def test_a_slow_answer_times_out(ask):
    """A server that does not answer in time is a transient error."""
    with Server(faults=Faults(script=["slow:3"])) as server, pytest.raises(TransientError) as caught:
        ask(server, timeout_s=0.3)
    assert caught.value.slug == "timeout"


@pytest.mark.parametrize("fault", ["null-content", "refusal", "content-filter", "length"])
def test_strange_but_whole_answers_are_completions(ask, fault):
    """What was paid for and can be read is kept."""
    with Server(faults=Faults(script=[fault])) as server:
        assert len(ask(server).completions) == 1


def test_retry_after_comes_through(ask):
    """The server's wish to wait reaches the sampler."""
    with Server(faults=Faults(script=["retry-after:7"])) as server, pytest.raises(TransientError) as caught:
        ask(server)
    assert caught.value.retry_after_s == 7


def test_a_refused_connection_is_named(ask):
    """Nobody there is a slug of its own."""
    with Server() as server:
        pass
    with pytest.raises(TransientError) as caught:
        ask(server)
    assert caught.value.slug == "unreachable"


def test_a_wrong_key_is_not_repeated(ask):
    """Whatever a server says about the key, the error does not hold it."""
    with Server(key="another") as server, pytest.raises(EndpointError) as caught:
        ask(server)
    assert KEY not in str(caught.value)
    assert KEY.encode() not in caught.value.raw


def test_a_client_of_the_users_own_is_called_itself(ask):
    """A client with its own settings takes the slow path and gives the same answer."""
    with Server() as server:
        client = openai.AsyncOpenAI(api_key=KEY, base_url=server.url)
        assert ask(server, client=client).completions == ask(server).completions


@pytest.mark.parametrize(
    ("fault", "kind"), [("status:503", TransientError), ("status:401", EndpointError), ("html", MalformedReplyError)]
)
def test_the_slow_path_has_the_same_dispositions(ask, fault, kind):
    """Errors of the client become ours, without a retry of its own."""
    with Server(faults=Faults(script=[fault])) as server:
        client = openai.AsyncOpenAI(api_key=KEY, base_url=server.url)
        with pytest.raises(BackendError) as caught:
            ask(server, client=client)
        assert len(server.journal) == 1
    assert type(caught.value) is kind


def test_the_default_address_wants_a_key(monkeypatch):
    """Without a key the hosted default is not asked."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert "OPENAI_API_KEY" not in os.environ
    with pytest.raises(EndpointError) as caught:
        openai_backend(Endpoint(model="m"))
    assert caught.value.slug == "key"
