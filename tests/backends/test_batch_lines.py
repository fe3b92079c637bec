"""Requests as lines, and lines as results."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.backends.batch_lines import LONGEST_ID, LineError, Name, fitting, line_of, name_of, named, result_of
from evalkit.backends.wire import body_of, stem_of
from evalkit.errors import EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import MOST_CHOICES, NOT_RUN, UNSUPPORTED, Decoding, Mode, Reply, Request, cells

TAG = "0a1b2c3d"
NAME = f"ek-{TAG}-{'0f' * 12}-3"
ANSWER = '{"id": "r1", "model": "m",  "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}]}'


def line(body=ANSWER, status=200, name=NAME, error="null"):
    """Return a line of a result file."""
    response = f'{{"status_code":{status},"body":{body}}}'
    return f'{{"id":"b1","custom_id":"{name}","response":{response},"error":{error}}}'.encode()


def test_a_line_holds_the_very_body_that_goes_online(suite_of):
    """Whatever a suite asks for, one and the same function makes the bytes of both ways."""
    suite = suite_of(mode=Mode.CHOICES, decoding=Decoding(max_tokens=9, seed=7, stop=("x",), extra=(("min_p", 0.1),)))
    request = Request(cell=cells(suite)[1], replicates=(0, 1, 2))
    stem = stem_of(request.cell)
    text = line_of(TAG, request, stem)
    assert body_of(request, stem) in text
    told = json.loads(text)
    assert (told["method"], told["url"], told["body"]["n"]) == ("POST", "/v1/chat/completions", 3)
    assert text.endswith(b"}\n")


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=MOST_CHOICES, unique=True).map(sorted))
def test_a_name_tells_run_cell_and_draws_or_the_request_is_parted(replicates):
    """Names are short, of letters that hosts take, and read back; parts hold every draw once."""
    from evalkit.nouns import Cell, Endpoint, Prompt

    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding())
    parts = list(fitting(TAG, Request(cell=cell, replicates=tuple(replicates))))
    names = [name_of(TAG, part) for part in parts]
    assert all(len(name) <= LONGEST_ID and name.replace("-", "").replace("_", "").isalnum() for name in names)
    found = [named(name) for name in names]
    assert found == [Name(tag=TAG, cell=cell.key[:24], replicates=part.replicates) for part in parts]
    assert [each for part in parts for each in part.replicates] == replicates


def test_draws_side_by_side_are_one_request(suite_of):
    """A whole cell of completions is never parted."""
    request = Request(cell=cells(suite_of())[0], replicates=tuple(range(128)))
    assert list(fitting(TAG, request)) == [request]
    assert name_of(TAG, request).endswith("-0_127")


@pytest.mark.parametrize(
    "name",
    [
        *(None, 7, "", "mine-1", NAME.upper(), NAME + "0" * 40, NAME + "\n", f"{NAME}-"),
        *(NAME.replace("-3", end) for end in ("-", "-5_3", "-0_999999999", "-0_100-0_100")),
    ],
)
def test_what_is_no_name_of_ours_is_none(name):
    """Names of others, and those that would stand for millions of draws."""
    assert named(name) is None


def test_an_answer_keeps_its_own_bytes():
    """What is kept of a result is the body as it came, blanks and all."""
    found = result_of(line()).outcome
    assert isinstance(found, Reply)
    assert found.raw == ANSWER.encode()
    assert (found.completions[0].text, found.response_id) == ("hello", "r1")


@pytest.mark.parametrize("letters", [r"\ud800", r"\u0000", "é", r"é \"body\": 1"])
def test_odd_letters_are_read_and_kept(letters):
    """Lone surrogates, which the fast reader refuses, are read by the slow one; the bytes are the same."""
    body = ANSWER.replace("hello", letters)
    found = result_of(line(body)).outcome
    assert found.raw == body.encode()
    assert found.completions[0].text == json.loads(f'"{letters}"')


def test_a_body_with_its_name_escaped_is_read():
    """Where the bytes are not found, the value is kept."""
    found = result_of(line(ANSWER.replace("hello", r"\ud800")).replace(b'"body"', b'"b\\u006fdy"')).outcome
    assert found.completions[0].text == "\ud800"


@pytest.mark.parametrize(
    ("text", "kind", "slug"),
    [
        (line(status=400), RejectedError, "rejected"),
        (line('{"error": {"message": "temperature", "param": "temperature"}}', 400), RejectedError, UNSUPPORTED),
        (line(status=429), TransientError, "rate-limited"),
        (line('{"error": {"code": "insufficient_quota"}}', 429), EndpointError, "quota"),
        (line(status=503), TransientError, "server-error"),
        (line(status=401), EndpointError, "key"),
        (line('"<html>"'), MalformedReplyError, "wrong-shape"),
        (line("null"), MalformedReplyError, "wrong-shape"),
        (line('{"choices": []}'), MalformedReplyError, "no-choices"),
        (line('{"error": "busy"}'), MalformedReplyError, "error-in-200"),
        (line('{"choices": NaN}'), MalformedReplyError, "not-json"),
        (line("[" * 100_000 + "]" * 100_000), MalformedReplyError, "too-deep"),
        (line(status='"odd"'), MalformedReplyError, "wrong-status"),
        (line(error='{"code": "batch_expired"}').replace(b"response", b"r"), TransientError, NOT_RUN),
        (line(error='{"code": "batch_cancelled"}').replace(b"response", b"r"), TransientError, NOT_RUN),
        (line(error='{"code": "x", "message": "no"}').replace(b"response", b"r"), TransientError, "batch-failed"),
        (line(error='"no"').replace(b"response", b"r"), TransientError, "batch-failed"),
    ],
)
def test_what_is_no_answer_is_an_error_of_the_usual_kinds(text, kind, slug):
    """The status within a line means what it means online; the whole line is kept with it."""
    error = result_of(text).outcome
    assert (type(error), error.slug, error.raw) == (kind, slug, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"no", "no JSON"),
        (line()[:90], "no JSON"),
        (b"[1]", "no result"),
        (b'"x"', "no result"),
        (b"{}", "no custom_id"),
        (b"\xff{", "no JSON"),
        (line(name="mine"), "'mine' is none of ours"),
        (line(name=r"\u001b[31m"), "none of ours"),
        (b'{"custom_id":"' + NAME.encode() + b'","method":"POST","body":{}}', "file of requests"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_result_of_ours_says_why(text, reason):
    """A line of another origin, a cut one, or a request: words that a terminal does not obey."""
    with pytest.raises(LineError, match=reason) as told:
        result_of(text)
    assert str(told.value).isprintable()


def test_lines_are_read_in_any_order(suite_of):
    """The name alone says where a result belongs."""
    request = Request(cell=cells(suite_of())[0], replicates=(0, 1))
    names = [name_of(TAG, Request(cell=request.cell, replicates=(r,))) for r in (1, 0)]
    found = [result_of(line(name=name)).name.replicates for name in names]
    assert found == [(1,), (0,)]
    assert all(a != b for a, b in pairwise(names))
