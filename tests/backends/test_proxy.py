"""Proxies that the environment names, and passwords that it names for hosts."""

from __future__ import annotations

import asyncio

import pytest

from evalkit.backends.openai import openai_backend
from evalkit.backends.transport import proxy_of
from evalkit.errors import EndpointError
from evalkit.loopback.server import Server
from evalkit.nouns import Cell, Decoding, Endpoint, Message, Prompt, Request

URL = "http://model.example/v1/chat/completions"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    """Begin without any."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ask(url):
    """Return what one request came to."""

    async def once():
        prompt = Prompt(id="p", messages=(Message(role="user", content="What?"),))
        cell = Cell(endpoint=Endpoint(model="m", base_url=url), prompt=prompt, decoding=Decoding(temperature=1.0))
        backend = openai_backend(cell.endpoint, api_key="sk-of-the-user-000001", timeout_s=5.0)
        try:
            return await backend.send(Request(cell=cell, replicates=(0,)))
        finally:
            await backend.aclose()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("name", "value", "proxy"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("http_proxy", "127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("ALL_PROXY", "http://127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("HTTPS_PROXY", "http://127.0.0.1:3128", None),
        ("HTTP_PROXY", "", None),
    ],
)
def test_the_environment_names_a_proxy(monkeypatch, name, value, proxy):
    """By the scheme of the address, in either case."""
    monkeypatch.setenv(name, value)
    assert proxy_of(URL) == proxy


def test_a_host_may_be_left_out(monkeypatch):
    """NO_PROXY goes before."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", "model.example")
    assert proxy_of(URL) is None


def test_a_proxy_of_another_protocol_is_told(monkeypatch):
    """Without its address, which may hold a password."""
    monkeypatch.setenv("ALL_PROXY", "socks5://user:secret@127.0.0.1:1080")
    with pytest.raises(EndpointError) as caught:
        proxy_of(URL)
    assert "secret" not in str(caught.value)


def test_requests_go_through_the_proxy(monkeypatch):
    """It is asked for the whole address of a host that nobody else knows."""
    with Server(seed=1, host="127.0.0.1") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        with pytest.raises(EndpointError) as caught:
            ask("http://model.example/v1")
    assert caught.value.status == 403  # the embedded server, in the place of the proxy, is no model.example
    assert len(proxy.journal) == 1


def test_a_password_kept_for_the_host_is_not_sent(monkeypatch, tmp_path):
    """The key is the user's word; a file of passwords for other programs is not."""
    kept = tmp_path / "netrc"
    kept.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(kept))
    with Server(key="sk-of-the-user-000001") as server:
        assert len(ask(server.url).completions) == 1
