"""`evalkit doctor`: is everything here that a run needs?"""

import json

import pytest

from evalkit.environment import may_detect


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch):
    """Ask no port of the machine that the tests run on."""
    monkeypatch.setenv("EVALKIT_NO_DETECT", "1")


def test_a_verdict_in_words(cli):
    """Checks one by one, and what they come to; nobody looked for servers."""
    spoken = cli("doctor")
    assert spoken.code == 0
    assert "nobody looked" in spoken.out
    assert "ready for the embedded endpoint" in spoken.out


def test_json(cli):
    """Everything that was looked at, as JSON."""
    told = json.loads(cli("doctor", "--json").out)
    assert told["servers"] is None
    assert {check["name"] for check in told["checks"]} == {"python", "packages", "extras", "key", "address"}
    assert all(check["fine"] for check in told["checks"])


def test_a_key_is_told_of_and_never_shown(cli, monkeypatch):
    """That it is set is all that is said."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-value")
    spoken = cli("doctor")
    assert "OPENAI_API_KEY is set" in spoken.out
    assert "secret" not in spoken.out + spoken.err


def test_a_key_that_no_header_can_carry_is_wrong(cli, monkeypatch):
    """A doctor names it, and looks at the rest as well."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret\nvalue")
    spoken = cli("doctor")
    assert "NO  key" in spoken.out
    assert "ok  address" in spoken.out
    assert "secret" not in spoken.out + spoken.err


def test_a_wrong_address_is_wrong(cli, monkeypatch):
    """An address with a password is refused with exit code 2, and not shown."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://u:secret@h/v1")
    for words in (("doctor",), ("doctor", "--json")):
        spoken = cli(*words)
        assert spoken.code == 2
        assert "secret" not in spoken.out + spoken.err


@pytest.mark.parametrize("name", ["CI", "EVALKIT_NO_DETECT"])
def test_nobody_looks_in_a_build(monkeypatch, name):
    """Under CI, or where it is said so, no port is asked."""
    for each in ("CI", "EVALKIT_NO_DETECT"):
        monkeypatch.delenv(each, raising=False)
    assert may_detect()
    monkeypatch.setenv(name, "1")
    assert not may_detect()
