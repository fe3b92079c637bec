"""Vectors over the wire, against the embedded endpoint, faults included."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.backends.embeddings import embeddings_of
from evalkit.errors import BackendError, EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.loopback.faults import Faults
from evalkit.loopback.replies import embedding
from evalkit.loopback.server import Server

KEY = "sk-test-0123456789abcdefgh"
TEXTS = ["a red fox", "日本語", "\ud800 lone", "\x00 nul", "مرحبا", "word " * 5000]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """Give the environment a key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def test_each_text_gets_its_vector():
    """In the order of the texts, bit for bit as the server computed them, whatever the texts hold."""
    with Server(key=KEY) as server:
        found = np.array(embeddings_of(TEXTS, model="m", base_url=server.url))

    assert (found[:2] == [embedding(text) for text in TEXTS[:2]]).all()
    assert found.shape == (len(TEXTS), 64)


@pytest.mark.parametrize(
    ("fault", "error", "slug"),
    [
        ("status:503", TransientError, "server-error"),
        ("rate-limit", TransientError, "rate-limited"),
        ("reset", TransientError, "connection"),
        ("hang-up", TransientError, "connection"),
        ("quota", EndpointError, "quota"),
        ("auth", EndpointError, "key"),
        ("redirect", TransientError, "redirect"),
        ("status:400", RejectedError, "rejected"),
        ("truncated", MalformedReplyError, "malformed-reply"),
        ("empty", MalformedReplyError, "malformed-reply"),
        ("html", MalformedReplyError, "malformed-reply"),
        ("not-utf8", MalformedReplyError, "malformed-reply"),
        ("error-200", MalformedReplyError, "malformed-reply"),
    ],
)
def test_what_goes_wrong_has_one_of_four_kinds(fault, error, slug):
    """The kind decides what happens next, as for completions."""
    with Server(faults=Faults(script=[fault])) as server, pytest.raises(error) as caught:
        embeddings_of(["a"], model="m", base_url=server.url)

    assert caught.value.slug == slug


def test_the_key_is_never_shown():
    """A refused key stands neither in the message nor in the kept bytes."""
    with Server(key="another") as server, pytest.raises(EndpointError) as caught:
        embeddings_of(["a"], model="m", base_url=server.url)

    assert KEY not in str(caught.value)
    assert KEY.encode() not in caught.value.raw


def test_without_a_key_the_default_address_is_not_asked(monkeypatch):
    """The line says what to set."""
    monkeypatch.delenv("OPENAI_API_KEY")

    with pytest.raises(EndpointError, match="OPENAI_API_KEY"):
        embeddings_of(["a"], model="m", base_url="https://api.openai.com/v1")


def test_nothing_there():
    """An address where nobody listens may be there next time."""
    with Server() as server:
        address = server.url

    with pytest.raises(BackendError) as caught:
        embeddings_of(["a"], model="m", base_url=address)
    assert isinstance(caught.value, TransientError)
