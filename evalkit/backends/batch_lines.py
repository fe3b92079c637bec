"""Lines of the Batch API: requests as they go up in a file, results as they come down in another, in any order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from evalkit.backends.dispositions import SUCCESS, error_of
from evalkit.backends.replying import reply_of
from evalkit.backends.wire import body_of
from evalkit.errors import BackendError, MalformedReplyError, TransientError
from evalkit.nouns import MOST_CHOICES, NOT_RUN, Reply, Request
from evalkit.text.visible import visible

MOST_REQUESTS = 50_000
"""Requests that one file may hold."""
MOST_BYTES = 200 * 10**6
"""Bytes that one file may have."""
URL = "/v1/chat/completions"
"""Where each request of a file goes."""
LONGEST_ID = 64
"""Most letters of the name of a request, of those that hosts let stand in one: letters, digits, ``-`` and ``_``."""
TAG = 8
"""Hexadecimal digits that name a run."""

_CELL = 24  # hexadecimal digits of a cell's key, of which it has 64
_NAME = re.compile(rf"ek-([0-9a-f]{{{TAG}}})-([0-9a-f]{{{_CELL}}})-([0-9_-]+)")
_SPAN = re.compile(r"([0-9]{1,9})(?:_([0-9]{1,9}))?")
_SHOWN = 100  # letters of a name or of a server's words in a remark
_OK = 200
_NEVER_RUN = frozenset({"batch_expired", "batch_cancelled"})
"""Codes of requests whose turn did not come: nothing was answered, and nothing is billed."""
_CUSTOM_ID = re.compile(rb'"custom_id"\s*:\s*"([^"]*)"')
_BODY = re.compile(r'"body"\s*:\s*')


class _Response(msgspec.Struct):
    status_code: Any = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Line(msgspec.Struct):
    custom_id: Any = None
    response: _Response | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Line)


class LineError(ValueError):
    """A line that is no result of ours: why, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What the name of a request says: whose it is, and which draws it should fill."""

    tag: str
    """First digits of the run's own key."""
    cell: str
    """First digits of the cell's key."""
    replicates: tuple[int, ...]
    """The draws of the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of a result file."""

    name: Name
    """Which request it answers."""
    outcome: Reply | BackendError
    """What came of it."""


def cell_of(key: str) -> str:
    """Return the digits of a cell's key by which requests name the cell."""
    return key[:_CELL]


def name_of(tag: str, request: Request) -> str:
    """Return the name of a request, such as ``ek-3f9a01c2-1c9f...-0_19``: run, cell and draws, no word of a prompt."""
    return f"ek-{tag}-{cell_of(request.cell.key)}-{_spans(request.replicates)}"


def fitting(tag: str, request: Request) -> Iterator[Request]:
    """Yield a request, or several in its place where its draws are too scattered for a name to tell them."""
    if len(name_of(tag, request)) <= LONGEST_ID:
        yield request
        return
    half = len(request.replicates) // 2
    for part in (request.replicates[:half], request.replicates[half:]):
        yield from fitting(tag, Request(cell=request.cell, replicates=part))


def line_of(tag: str, request: Request, stem: str) -> bytes:
    """Return the line of a request, with the very body that would be sent online.

    Args:
        tag: Names the run.
        request: What is asked.
        stem: What all requests of its cell share, as `evalkit.backends.wire.stem_of` gives it.
    """
    head = f'{{"custom_id":"{name_of(tag, request)}","method":"POST","url":"{URL}","body":'
    return head.encode("ascii") + body_of(request, stem) + b"}\n"


def named(name: object) -> Name | None:
    """Return what a name says; None where it is not one of ours."""
    found = _NAME.fullmatch(name) if isinstance(name, str) and len(name) <= LONGEST_ID else None
    if found is None:
        return None
    replicates: list[int] = []
    for part in found[3].split("-"):
        span = _SPAN.fullmatch(part)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (1, 0)
        if not 0 <= last - first < MOST_CHOICES - len(replicates):
            return None
        replicates += range(first, last + 1)
    return Name(tag=found[1], cell=found[2], replicates=tuple(replicates))


def result_of(line: bytes) -> Result:
    """Return what a line of a result file, or of an error file, says.

    What is an error of the endpoint's is part of the result, with the whole line as its bytes; a reply has the bytes of
    its own body.

    Raises:
        LineError: The line is no JSON, answers none of our requests, or is a request itself.
    """
    try:
        found = _decode(line)
    except RecursionError:
        return _too_deep(line)
    name = named(found.custom_id)
    if name is None:
        if found.custom_id is None:
            raise LineError("there is no custom_id")
        raise LineError(f"custom_id {_short(found.custom_id)!r} is none of ours")
    if found.error is None and found.response is None:
        raise LineError("there is neither a response nor an error; is it a file of requests?")
    outcome: Reply | BackendError
    try:
        outcome = _refused(found.error) if found.response is None else _answered(found.response)
    except BackendError as error:
        outcome = error
    if isinstance(outcome, BackendError):
        outcome.raw = line
    return Result(name=name, outcome=outcome)


def _answered(response: _Response) -> Reply | BackendError:
    told, body = response.status_code, bytes(response.body)
    status = _OK if told is None else told if isinstance(told, int) else 0
    return reply_of(body, status, None, streamed=False) if status in SUCCESS else error_of(status, body, {})


def _refused(error: object) -> BackendError:
    """Return what it means that a host gives an error in place of a response."""
    told = error if isinstance(error, dict) else {"message": error}
    code, words = str(told.get("code") or ""), _short(told.get("message") or told.get("code") or "no words")
    if code in _NEVER_RUN:
        return TransientError(f"its turn did not come: {words}", slug=NOT_RUN)
    return TransientError(f"the batch gave no answer: {words}", slug="batch-failed")


def _decode(line: bytes) -> _Line:
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # As in `wire`: what a model can write and the fast reader refuses, the standard library's reader takes.
        return _decode_slowly(line)


def _decode_slowly(line: bytes) -> _Line:
    try:
        text = line.decode("utf-8-sig")
        value = json.loads(text)
    except ValueError as error:
        raise LineError("the line is no JSON" if line.strip() else "the line is empty") from error
    response = value.get("response") if isinstance(value, dict) else _no_result()
    if not isinstance(response, dict):
        return _Line(custom_id=value.get("custom_id"), error=value.get("error"))
    body = msgspec.Raw(_as_it_came(text, response.get("body")))
    return _Line(
        custom_id=value.get("custom_id"),
        response=_Response(status_code=response.get("status_code"), body=body),
        error=value.get("error"),
    )


def _too_deep(line: bytes) -> Result:
    found = _CUSTOM_ID.search(line)
    name = named(found[1].decode("ascii", "replace")) if found else None
    if name is None:
        raise LineError("JSON nested too deep")
    error = MalformedReplyError("the endpoint sent JSON nested too deep", slug="too-deep", status=_OK, raw=line)
    return Result(name=name, outcome=error)


def _as_it_came(text: str, body: object) -> bytes:
    """Return the bytes of a body within its line."""
    decoder = json.JSONDecoder()
    for start in _BODY.finditer(text):
        value, end = decoder.raw_decode(text, start.end())
        if value == body:
            return text[start.end() : end].encode("utf-8", "surrogatepass")
    return json.dumps(body).encode("ascii")  # its name was escaped, or it holds NaN, which equals nothing


def _no_result() -> NoReturn:
    raise LineError("the line is JSON, and no result")


def _short(text: object) -> str:
    return visible(str(text)[:_SHOWN], keep="")


def _spans(replicates: tuple[int, ...]) -> str:
    spans: list[list[int]] = []
    for replicate in replicates:
        if spans and replicate == spans[-1][-1] + 1:
            spans[-1][1:] = [replicate]
        else:
            spans.append([replicate])
    return "-".join("_".join(map(str, span)) for span in spans)
