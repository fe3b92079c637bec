"""Addresses and keys from the environment."""

import pytest

from evalkit.environment import address_of, api_key, repair_base_url
from evalkit.errors import UsageError


@pytest.mark.parametrize(
    ("given", "url", "noticed"),
    [
        ("http://localhost:8000/v1", "http://localhost:8000/v1", False),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1", False),
        ("http://localhost:8000", "http://localhost:8000/v1", True),
        ("localhost:8000", "http://localhost:8000/v1", True),
        ("http://h/v1/chat/completions", "http://h/v1", True),
        ("https://h/openai/deployments/x", "https://h/openai/deployments/x", False),
        ("loopback", "loopback", False),
    ],
)
def test_addresses_are_repaired_with_a_notice(given, url, noticed):
    """What people forget is put right, and they are told."""
    address = repair_base_url(given)
    assert address.url == url
    assert (address.notice is not None) is noticed


@pytest.mark.parametrize(
    "given",
    [
        *("http://u:secret@h/v1", "http://h/v1?key=secret", "http://h/v1#secret", "ftp://h/v1", "http://"),
        *("http://secret@[::1/v1", "http://h:secret/v1", "http://h:99999/v1"),
    ],
)
def test_addresses_with_secrets_are_refused_without_showing_them(given):
    """A password in an address would end in the store."""
    with pytest.raises(UsageError) as caught:
        repair_base_url(given)
    assert "secret" not in str(caught.value)


def test_the_suite_goes_before_the_environment(monkeypatch):
    """OPENAI_BASE_URL counts only where the suite says nothing."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://env/v1")
    assert address_of("http://suite/v1").url == "http://suite/v1"
    assert address_of(None).url == "http://env/v1"


def test_without_any_word_the_default_address_is_used(monkeypatch):
    """Nothing said means the protocol's author."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert address_of(None).url == "https://api.openai.com/v1"


def test_an_empty_key_is_no_key(monkeypatch):
    """An empty variable is what CI systems make of a missing secret."""
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert api_key() is None


def test_a_key_from_a_file_loses_its_line_end(monkeypatch):
    """A key is often pasted with blanks or a line end, which no header can carry."""
    monkeypatch.setenv("OPENAI_API_KEY", " sk-0123456789\r\n")
    assert api_key() == "sk-0123456789"


@pytest.mark.parametrize("key", ["sk-secret\nsecret", "sk secret", "sk-secret\x1b", "sk-sécret"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(monkeypatch, key):
    """Libraries below would show it in a traceback."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        api_key()
    assert "cret" not in str(caught.value)


def test_a_key_hides_itself_from_those_who_show_variables(monkeypatch):
    """What is sent is the key; what pytest -l, a debugger or a log of arguments shows is not."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef")
    key = api_key()
    assert f"Bearer {key}" == "Bearer sk-0123456789abcdef"
    assert repr({"key": key}) == "{'key': '[key]'}"
