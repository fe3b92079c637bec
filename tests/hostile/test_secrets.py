"""A key is in nothing that is written, whatever repeats it."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import stat
import sys
from urllib.parse import quote

import pytest

from evalkit.backends.embeddings import embeddings_of
from evalkit.backends.openai import openai_backend
from evalkit.errors import TransientError
from evalkit.nouns import Endpoint
from hostile.conftest import Desk
from hostile.texts import completion, error

KEY = "sk-proj-Hidden+Canary/0123456789abcdefYZ"
_PACKED = [base64.b64encode(b" " * k + KEY.encode()) for k in range(3)]
FORMS = (
    *(
        KEY.encode(),
        quote(KEY, safe="").encode(),
        KEY[-8:].encode(),
        KEY.replace("/", "\\/").encode(),
        KEY[:20].encode(),
    ),
    *(each[(0, 2, 3)[k] + (k > 0) :].rstrip(b"=")[:-1] for k, each in enumerate(_PACKED)),
)
"""What is looked for; half of it too, which is what cutting a message leaves."""


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """Set the key, and let the client log as much as it can."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_LOG", "debug")


@pytest.fixture
def logged(caplog):
    """Return all that is logged by anybody, from the lowest level on."""
    caplog.set_level(logging.DEBUG)
    return caplog


def repeated(key: str) -> str:
    """Return a key in every form in which a server may repeat it."""
    packed = base64.b64encode(f"user:{key}".encode()).decode()
    return f"{key} {quote(key, safe='')} {packed} ...{key[-8:]}"


def found(desk: Desk, *more: str) -> list[str]:
    """Return where a form of the key stands, in files and in these texts."""
    places = {**desk.files(), **{f"text {i}": text.encode("utf-8", "surrogatepass") for i, text in enumerate(more)}}
    return [f"{form!r} in {name}" for name, content in places.items() for form in FORMS if form in content]


@pytest.mark.parametrize("status", [200, 307, 400, 401, 404, 429, 500, 503])
def test_what_a_server_repeats_is_in_nothing_that_is_written(desk, logged, status):
    """Answer, names, error and headers hold the key; store, page, exports, terminal and logs do not."""

    def answer(_body, sent, n):
        said = "x" * (190 - n % 40) + repeated(sent.removeprefix("Bearer "))
        headers = {"Location": f"http://127.0.0.1:9/{sent}", "Retry-After": "0", "x-request-id": sent}
        if n % 2 or status == 200:
            return (
                200,
                headers,
                completion(f"{said} {n}", id=said, model=said, system_fingerprint=said, service_tier=said),
            )
        return status, headers, error(said, code=said, type=said)

    desk.talker.answer = answer
    said = desk.evalkit("run", desk.suite(samples=4), "--report", "page.html")
    shown = [desk.evalkit("export", "runs.sqlite"), desk.evalkit("show", "runs.sqlite", "--json", "--prompt", "p")]
    pages = [desk.evalkit("report", "runs.sqlite", "-o", f"page.{ending}") for ending in ("md", "json", "csv")]
    assert found(desk, said.out, said.err, *(each.out + each.err for each in (*shown, *pages)), logged.text) == []
    assert desk.talker.n > 0


def test_what_a_probe_and_a_doctor_say_holds_no_key(desk, logged):
    """The server repeats it in all it says."""
    desk.talker.answer = lambda _body, sent, n: (200, {}, completion(f"{repeated(sent)} {n}"))
    said = [desk.evalkit("probe", "--base-url", desk.talker.url), desk.evalkit("doctor", "--json")]
    assert found(desk, *(each.out + each.err for each in said), logged.text) == []
    assert json.loads(said[1].out)


def test_what_an_embedding_server_repeats_is_in_no_error(desk, logged):
    """Neither in the message, nor in the bytes that are kept, nor in what the client logs of its headers."""
    desk.talker.answer = lambda _body, sent, _n: (500, {"x-request-id": sent}, error(repeated(sent)))
    with pytest.raises(TransientError) as caught:
        embeddings_of(["a"], model="m", base_url=desk.talker.url)
    chain = caught.getrepr(showlocals=True, chain=True)
    assert found(desk, str(caught.value), str(caught.value.raw), logged.text) == []
    assert found(desk, str(chain)) == []


def test_a_failing_test_that_shows_all_values_shows_no_key(desk, pytester):
    """Pytest -l -vv with a backend in hand, an error of the endpoint, and the key's own variable."""
    desk.talker.answer = lambda _body, sent, _n: (401, {}, error(repeated(sent)))
    suite = desk.suite()
    pytester.makepyfile(
        f"""
        import pytest
        from evalkit import environment
        from evalkit.backends.openai import openai_backend
        from evalkit.nouns import Endpoint

        def test_backend():
            key = environment.api_key()
            backend = openai_backend(Endpoint(model="m", base_url={desk.talker.url!r}))
            assert backend is key

        @pytest.mark.evalkit(suite={str(desk.folder / suite)!r})
        def test_endpoint(evalkit):
            held = evalkit
            assert evalkit.cell("p", 0)["length_words"] < 0
        """
    )
    done = pytester.runpytest_subprocess("-l", "-vv", "--evalkit-run", "-p", "no:cacheprovider", "--junitxml=j.xml")
    said = done.stdout.str() + done.stderr.str() + (pytester.path / "j.xml").read_text("utf-8")
    assert "[key]" in said
    assert found(Desk(pytester.path, desk.talker), said) == []


def test_a_bug_is_told_without_the_key(desk, monkeypatch):
    """What nobody foresaw is a traceback, and the exception may hold a header."""

    class Broken(dict):
        def __contains__(self, _: object) -> bool:
            raise RuntimeError(f"Authorization: Bearer {KEY} \x1b[31m")

    openai_backend(Endpoint(model="m", base_url=desk.talker.url))
    monkeypatch.setattr(sys.modules["evalkit.cli.main"], "application", lambda *_: "x" in Broken())
    said = desk.evalkit("doctor")
    assert said.code == 70
    assert found(desk, said.out, said.err) == []
    assert r"Bearer [key] \x1b[31m" in said.err


def test_nothing_shows_itself_with_the_key():
    """A backend's repr, its endpoint's, and those of everything it holds."""
    backend = openai_backend(Endpoint(model="m", base_url="http://127.0.0.1:9/v1"))
    shown = repr(backend) + repr(Endpoint(model="m", base_url="http://127.0.0.1:9/v1"))
    assert KEY not in shown


def test_no_answer_that_holds_no_key_is_changed(desk):
    """What looks like a key and is another stays as the model wrote it."""
    text = "sk-proj-0000000000000000 Bearer [key] " + KEY[:-9][8:19]
    desk.talker.answer = lambda *_: (200, {}, completion(text))
    desk.evalkit("run", desk.suite(samples=1, temperatures=[1]))
    assert [row["text"] for row in desk.rows()] == [text]


def test_files_with_answers_are_private_whatever_the_mask(desk):
    """Store, log and lock are for their owner; a page is made to be shared."""
    desk.talker.answer = lambda _body, _key, n: (200, {}, completion(f"answer {n}"))
    before = os.umask(0)
    try:
        desk.evalkit("run", desk.suite(), "--report", "page.html")
        desk.evalkit("salvage", "runs.sqlite", "-o", "new.sqlite")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in desk.folder.iterdir()}
    kept = {name: mode for name, mode in modes.items() if re.match(r"runs|new", name)}
    assert kept
    assert set(kept.values()) == {0o600}
    assert modes["page.html"] == 0o666
