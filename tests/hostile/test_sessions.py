"""Hostile texts and names in a test session: terminal, JUnit file, a build's summary and a page."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from hostile.conftest import Desk
from hostile.texts import EVIL, NAME, OBEYED, UNSEEN, completion

TESTS = """
import warnings

import pytest

pytestmark = pytest.mark.evalkit(suite="suite.json", samples=4)


def test_claim(evalkit):
    held, cell = evalkit, evalkit.cell({name!r}, 1)
    assert cell["length_words"] < 0


def test_texts(evalkit):
    texts = [sample.text for sample in evalkit.cell({name!r}, 0).samples]
    assert texts == ["x"]


def test_agreement(evalkit):
    curve = evalkit.curve("length_words")
    assert evalkit.cell({name!r}, 1)["exact_agreement"] > 0.99


def test_error(evalkit):
    evalkit.cell("no such {tail}", 7)
"""


@pytest.fixture
def session(desk, pytester):
    """Return a desk in the folder of a session whose suite and server are hostile."""

    def answer(_body, _key, n):
        told = {"model": EVIL, "id": f"{n}{EVIL}", "system_fingerprint": EVIL}
        return 200, {}, completion(f"{EVIL}{n}", **told)

    desk.talker.answer = answer
    seat = Desk(pytester.path, desk.talker)
    prompts = [{"id": NAME, "user": NAME}]
    seat.suite(
        name=NAME, prompts=prompts, endpoint={"model": f"m{EVIL.replace(chr(0xD83D), '')}", "base_url": desk.talker.url}
    )
    tail = "\\x1b[31m\\u202e\\n::error::x"
    pytester.makepyfile(test_it=TESTS.format(name=NAME, tail=tail))
    return seat


@pytest.mark.usefixtures("session")
def test_what_is_skipped_names_nothing_that_is_obeyed(pytester):
    """The offer to buy names model and address, which come from a file."""
    done = pytester.runpytest_subprocess("-rs", "-vv", "-p", "no:cacheprovider", "-k", "not error")
    said = done.stdout.str() + done.stderr.str()
    assert UNSEEN.findall(said) == []
    assert "4 skipped" in said or "3 skipped" in said
    assert "EVIL" in said


@pytest.mark.usefixtures("session")
def test_failures_show_everything_visibly(pytester, monkeypatch):
    """Explanations, values of variables, introspection, JUnit file, summary of the build and page."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "summary.md"))
    words = ("-l", "-vv", "-rA", "-p", "no:cacheprovider", "--junitxml=j.xml", "--evalkit-report=page.html")
    done = pytester.runpytest_subprocess(*words, "--evalkit-run")
    said = done.stdout.str() + done.stderr.str()
    assert "4 failed" in said
    assert UNSEEN.findall(said) == []
    assert [line for line in said.splitlines() if line.lstrip().startswith("::")] == []
    junit = (pytester.path / "j.xml").read_text("utf-8")
    assert UNSEEN.findall(junit) == []
    assert ET.fromstring(junit).tag == "testsuites"  # noqa: S314 - our own file
    assert OBEYED.findall((pytester.path / "summary.md").read_text("utf-8")) == []
    assert UNSEEN.findall((pytester.path / "page.html").read_text("utf-8")) == []
