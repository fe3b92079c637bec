"""The judge sees what it is there for."""

import json

import pytest

from drill.judge import judged
from drill.secrets import KEY, hits
from drill.step import Line

SUITE = {
    "endpoint": {"model": "m"},
    "decoding": {"max_tokens": 9},
    "temperatures": [0.5],
    "samples": 2,
    "prompts": [{"id": "p", "user": "?"}],
}


def _entry(name, text, **changes):
    asked = {"model": "m", "messages": [{"role": "user", "content": "?"}], "temperature": 0.5, "max_tokens": 9}
    body = {"id": name, "choices": [{"message": {"content": text}}]}
    return {"asked": json.dumps(asked), "status": 200, "whole": True, "body": json.dumps(body), **changes}


def _row(name, text, slot="a", **changes):
    row = {"slot": slot, "status": "ok", "text": text, "response_id": name, "model": "m", "prompt_id": "p"}
    return {**row, "temperature": 0.5, **changes}


JOURNAL = [_entry("x", "one"), _entry("y", "two"), _entry("z", "no", status=503)]
ROWS = [_row("x", "one"), _row("y", "two", "b")]


def test_a_sound_run_is_sound():
    """Answers in their places, each once, at the floor of requests."""
    verdict = judged(SUITE, JOURNAL, ROWS)
    assert verdict.sound
    assert (verdict.n_ok, verdict.n_requests, verdict.floor, verdict.over) == (2, 3, 3, 1.0)


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("lost", [ROWS[0]]),
        ("duplicated", [*ROWS, _row("x", "one", "c")]),
        ("duplicated", [*ROWS, _row(None, None, "b", status="rejected")]),
        ("altered", [ROWS[0], _row("y", "too", "b")]),
        ("misplaced", [ROWS[0], _row("y", "two", "b", temperature=0.6)]),
        ("misplaced", [ROWS[0], _row("never", "two", "b")]),
    ],
)
def test_each_fault_of_a_store_is_counted(what, rows):
    """An answer that is gone, there twice, changed or elsewhere is held against the run."""
    verdict = judged(SUITE, JOURNAL, rows)
    assert getattr(verdict, what) == 1
    assert not verdict.sound


def test_answers_that_were_cut_off_were_not_paid_for():
    """What was not served whole, or no client can read, is not lost but failed."""
    journal = [*JOURNAL, _entry("w", "half", whole=False), _entry("v", "x", body="{")]
    verdict = judged(SUITE, journal, ROWS)
    assert (verdict.lost, verdict.floor) == (0, 5)


@pytest.mark.parametrize(
    "hidden", [KEY, f"user:{KEY}", "sk-drill%2D".join(["", KEY[-8:]]), KEY.replace("+", "%2B").replace("/", "%2F")]
)
def test_a_key_is_found_in_every_form(hidden):
    """The key is found in clear, in URLs, by its end."""
    assert hits(iter([("log", hidden.replace("=", "%3D").encode() if "%2B" in hidden else hidden.encode())]))


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_a_key_is_found_in_base64_wherever_it_begins(before):
    """Base64 of the key depends on what stands before it; each of its three forms is looked for."""
    import base64

    assert hits(iter([("log", base64.b64encode(f"{before}{KEY} and more".encode()))]))


def test_a_line_says_how_it_ended():
    """A line passed, failed, or was not run."""
    words = [Line(number="P1", what="", asked="", got="", passed=each).verdict for each in (True, False, None)]
    assert words == ["passed", "FAILED", "not run"]
