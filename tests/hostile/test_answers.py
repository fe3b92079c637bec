"""Bad and strange answers, through the whole program to an export: samples stay samples, failures have a class."""

from __future__ import annotations

import json
import tracemalloc
import zlib

import pytest

from evalkit.backends.embeddings import embeddings_of
from evalkit.errors import MalformedReplyError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from hostile.texts import OBEYED, completion, error

CALLS = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]


def asked(desk, *faults, samples=1):
    """Return what a run of one cell against an endpoint with these faults said, its rows, and its requests."""
    with Server(faults=Faults(always=faults)) as server:
        words = ("run", desk.suite(samples=samples, temperatures=[1]), "--base-url", server.url, "--no-preflight")
        said = desk.evalkit(*words, "--report", "page.html")
        assert OBEYED.findall(said.out + said.err) == []
        return said, desk.rows(), len(server.journal)


@pytest.mark.parametrize(
    "fault",
    [
        *("truncated", "empty", "html", "not-utf8", "error-200", "no-choices", "string-choices", "nested"),
        *("not-a-number", "bomb:209715200"),
    ],
)
def test_what_can_not_be_read_is_asked_for_twice_more_and_then_a_failure(desk, fault):
    """It may have been billed; the run goes on and ends incomplete, with the reason on record."""
    said, rows, n_requests = asked(desk, fault)
    assert [(row["status"], row["attempts"], row["text"]) for row in rows] == [("malformed", 3, None)]
    assert (said.code, n_requests) == (3, 3)


@pytest.mark.parametrize("fault", ["reset", "hang-up", "hang-body:30"])
def test_a_connection_that_is_lost_once_costs_nothing(desk, fault):
    """The draw is asked for again, and both tries are counted."""
    with Server(faults=Faults(script=[fault])) as server:
        suite = desk.suite(samples=1, temperatures=[1], timeout_s=1)
        assert desk.evalkit("run", suite, "--base-url", server.url, "--no-preflight").code == 0
        assert len(server.journal) == 2
    assert [(row["status"], row["attempts"]) for row in desk.rows()] == [("ok", 2)]


@pytest.mark.parametrize(
    ("fault", "text", "reason"),
    [
        ("null-content", None, "stop"),
        ("empty-text", "", "stop"),
        ("refusal", None, "stop"),
        ("content-filter", ..., "content_filter"),
        ("length", ..., "length"),
        ("odd-reason", ..., "unknown"),
        ("text-plain", ..., "stop"),
    ],
)
def test_a_strange_answer_is_a_sample_and_no_error(desk, fault, text, reason):
    """Null is not the empty text, and why an answer ended is kept."""
    said, (row,), n_requests = asked(desk, fault)
    assert (said.code, n_requests, row["status"], row["finish_reason"]) == (0, 1, "ok", reason)
    assert row["text"] == text or (text is ... and row["text"])
    assert bool(row.get("refusal")) == (fault == "refusal")


def test_calls_of_tools_are_a_sample_too(desk):
    """Without a text, with what was called."""
    told = completion(None, finish_reason="tool_calls", message={"tool_calls": CALLS})
    desk.talker.answer = lambda *_: (200, {}, told)
    assert desk.evalkit("run", desk.suite(samples=1, temperatures=[1])).code == 0
    (row,) = desk.rows()
    assert (row["status"], row["text"], row["finish_reason"]) == ("ok", None, "tool_calls")


def test_a_page_counts_what_is_strange_apart(desk):
    """Refused, cut, filtered and empty answers each have their number."""
    kinds = [
        completion("whole"),
        completion(None, message={"refusal": "no"}),
        completion("cut", finish_reason="length"),
        completion("cu", finish_reason="content_filter"),
        completion(""),
    ]
    desk.talker.answer = lambda _body, _key, n: (200, {}, kinds[n % 5])
    desk.evalkit("run", desk.suite(samples=10, temperatures=[1]), "--no-preflight", "--report", "page.json")
    page = (desk.folder / "page.json").read_text("utf-8")
    for slug in ("refusals", "truncated", "empty-texts"):
        assert f'"slug": "{slug}"' in page or f'"slug":"{slug}"' in page


@pytest.mark.parametrize(
    "usage", [None, {"prompt_tokens": None, "completion_tokens": None}, {"prompt_tokens": -3}, [], "9"]
)
def test_tokens_that_were_not_told_are_unknown(desk, usage):
    """They are not 0, neither in a row nor in a sum."""
    desk.talker.answer = lambda _body, _key, n: (200, {}, completion(f"text {n}", usage=usage))
    assert desk.evalkit("run", desk.suite(samples=2, temperatures=[1])).code == 0
    assert {row.get("completion_tokens") for row in desk.rows()} == {None}


def test_surplus_choices_fill_no_other_cell_and_a_shortfall_is_bought_again(desk):
    """Whoever is asked for two and sends three, or one, or one index twice: each choice is its own draw."""

    def answer(body, _key, n):
        wanted = body.get("n", 1)
        choices = [
            {"index": 0, "message": {"role": "assistant", "content": f"{body['temperature']}/{n}/{k}"}}
            for k in range((wanted + 1, max(1, wanted - 1), wanted)[n % 3])
        ]
        return 200, {}, json.dumps({"id": f"{n}", "model": "m", "choices": choices}).encode()

    desk.talker.answer = answer
    desk.evalkit("run", desk.suite(samples=6, mode="choices"), "--no-preflight")
    rows = [row for row in desk.rows() if row["status"] == "ok"]
    assert len(rows) == 12
    assert all(float(row["text"].split("/")[0]) == row["temperature"] for row in rows)
    assert len({row["text"] for row in rows}) == 12


def test_another_model_and_changing_configurations_are_told(desk):
    """Each sample keeps the name that came with it, and the run warns."""
    told = {"model": "gateway/other"}
    desk.talker.answer = lambda _body, _key, n: (200, {}, completion(f"{n}", system_fingerprint=f"fp{n % 2}", **told))
    said = desk.evalkit("run", desk.suite(), "--no-preflight")
    assert {row["answered_by"] for row in desk.rows()} == {"gateway/other"}
    assert "caution, fingerprint-changed" in said.err
    assert "caution, other-model" in said.err


def test_a_text_of_megabytes_is_kept_whole_and_shown_short(desk):
    """A page and a terminal say how long it was; as JSON it is whole."""
    _, (row,), _ = asked(desk, "huge:5242880")
    assert len(row["text"]) >= 5_242_880
    page = (desk.folder / "page.html").read_text("utf-8")
    assert len(page) < 1_000_000
    assert f"[{len(row['text']):,} characters" in page
    shown = desk.evalkit("show", "runs.sqlite", "--prompt", "p").out
    assert f"[{len(row['text']):,} characters" in shown
    assert len(shown) < 20_000
    (told,) = json.loads(desk.evalkit("show", "runs.sqlite", "--prompt", "p", "--json").out)
    assert told["text"] == row["text"]


@pytest.mark.parametrize("value", ["-5", "nan", "Mon, 01 Jan 1999 00:00:00 GMT", "soon", "1e999"])
def test_a_wish_to_wait_that_is_none_is_no_wish(desk, value):
    """A server's clock or nonsense neither stops a run nor lets it storm."""
    desk.talker.answer = lambda _body, _key, n: (
        (429, {"Retry-After": value}, error("slow down")) if n == 0 else (200, {}, completion(f"{n}"))
    )
    assert desk.evalkit("run", desk.suite(samples=1, temperatures=[1]), "--no-preflight").code == 0
    assert desk.talker.n == 2


@pytest.mark.parametrize("status", [200, 500])
def test_an_embedding_server_can_not_fill_the_memory(desk, status):
    """A few packed bytes that would become 100 MiB are refused while they are unpacked, under any status."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([packer.compress(b" " * 2**20) for _ in range(100)]) + packer.flush()
    desk.talker.answer = lambda *_: (status, {"Content-Encoding": "gzip"}, bomb)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedReplyError) as caught:
            embeddings_of(["a"], model="m", base_url=desk.talker.url)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.slug == "too-long"
    assert peak < 100 * 2**20


def test_a_refused_temperature_is_settled_by_one_request(desk):
    """The others run; the parameter is never dropped."""
    seen = []

    def answer(body, _key, n):
        seen.append(body.get("temperature"))
        if body.get("temperature") == 0:
            return 400, {}, error("temperature does not support 0", param="temperature", code="unsupported_value")
        return 200, {}, completion(f"{n}")

    desk.talker.answer = answer
    said = desk.evalkit("run", desk.suite(), "--no-preflight")
    assert {row["status"] for row in desk.rows() if row["temperature"] == 0} == {"unsupported"}
    assert (seen.count(0), seen.count(None), seen.count(1)) == (1, 0, 3)
    assert "temperature" in said.err
